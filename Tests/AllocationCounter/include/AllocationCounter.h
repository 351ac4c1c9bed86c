#ifndef ALLOCATION_COUNTER_H
#define ALLOCATION_COUNTER_H

/// Starts to count the allocations of this thread; 0 where they cannot be counted.
int allocation_counter_start(void);
/// Ends the count and returns it.
long allocation_counter_stop(void);

#endif
