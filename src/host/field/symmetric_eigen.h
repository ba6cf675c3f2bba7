/*
 * symmetric_eigen.h - eigenvalues and eigenvectors of a small symmetric matrix.
 *
 * Cyclic Jacobi rotations: Golub and Van Loan, "Matrix Computations", section 8.5. For matrices of
 * a few hundred rows at set-up; accurate to the last digits, no library, the same bits everywhere.
 */
#ifndef ORA_SYMMETRIC_EIGEN_H
#define ORA_SYMMETRIC_EIGEN_H

/*
 * a [n][n] symmetric; on return value [n] is in descending order and row k of vector [n][n] the
 * unit eigenvector of value[k], its component of largest magnitude positive. `a` is destroyed.
 */
void ora_symmetric_eigen(double *value, double *vector, double *a, int n);

#endif /* ORA_SYMMETRIC_EIGEN_H */
