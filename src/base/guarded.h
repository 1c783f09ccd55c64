#pragma once

// Names the mutex that guards a member: std::deque<Job> queue_ TK_GUARDED_BY(mutex_). Clang checks
// what it can
// (-Wthread-safety); for people it is the contract.
#if defined(__clang__)
#define TK_GUARDED_BY(mutex) __attribute__((guarded_by(mutex)))
#else
#define TK_GUARDED_BY(mutex)
#endif
