/*
 * colour_difference.h - CIEDE2000, the distance of two colours as an eye sees it.
 *
 * Sharma, Wu, Dalal 2005, "The CIEDE2000 color-difference formula: implementation notes,
 * supplementary test data, and mathematical observations".
 */
#ifndef ORA_COLOUR_DIFFERENCE_H
#define ORA_COLOUR_DIFFERENCE_H

/* Lab [L, a, b]. */
double colour_difference_lab(const double a[3], const double b[3]);

/* Lab (D65) of sRGB code values 0..1. */
void colour_lab_of_srgb(double lab[3], const double rgb[3]);

/* The difference of two sRGB colours, code values 0..1. */
double colour_difference_srgb(const double a[3], const double b[3]);

#endif /* ORA_COLOUR_DIFFERENCE_H */
