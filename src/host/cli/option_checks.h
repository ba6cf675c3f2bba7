/*
 * option_checks.h - judges of option values that several verbs take.
 */
#ifndef ORA_OPTION_CHECKS_H
#define ORA_OPTION_CHECKS_H

#include "orator/status.h"

/* Encoders of a shot by name, in the order of ora_codec. */
#define ORA_CODEC_CHOICES "auto|h264|hevc|prores_hq|prores_4444|ffv1|vp9|png|exr"

/* ORATOR_OK, or ORATOR_E_INVALID that says what is wanted. */
orator_status ora_check_rate(const char *text);
orator_status ora_check_frames(const char *text);

#endif /* ORA_OPTION_CHECKS_H */
