/*
 * work_share.h - how much of a long test is done: all of it, or less under a sanitizer.
 *
 *     for (int i = 1; i <= WORK_SHARE(20, 6); i++)
 *         step(i);
 *
 * Sanitizers make numeric loops ten to thirty times slower and look at memory, undefined behaviour
 * and races, which the first steps show as well as the last. Only how often a thing is done may
 * depend on it: steps, rays, pictures. No case and no check does.
 */
#ifndef ORA_WORK_SHARE_H
#define ORA_WORK_SHARE_H

#ifndef __has_feature
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) ||                               \
    __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define ORA_IS_SANITIZED       1
#define WORK_SHARE(all, fewer) (fewer)
#else
#define ORA_IS_SANITIZED       0
#define WORK_SHARE(all, fewer) (all)
#endif

#endif /* ORA_WORK_SHARE_H */
