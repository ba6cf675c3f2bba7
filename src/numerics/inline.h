/*
 * inline.h - how a function of src/numerics is declared, for the C compiler and for nvcc.
 *
 * Headers of this folder are C11 and CUDA C++17 at once: no designated array initialisers, no
 * _Generic, no variable-length arrays, no compound literals.
 */
#ifndef ORA_INLINE_H
#define ORA_INLINE_H

#ifdef __CUDACC__
#define ORA_NUM static __host__ __device__ __forceinline__
#else
#define ORA_NUM static inline
#endif

#endif /* ORA_INLINE_H */
