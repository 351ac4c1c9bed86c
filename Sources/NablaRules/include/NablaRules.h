#ifndef NABLA_RULES_H
#define NABLA_RULES_H
#include <stddef.h>

/// One text of `Rules/`, embedded in the binary.
typedef struct {
  const char *name;
  const char *bytes;
  size_t count;
} nabla_rule_file;

/// The number of texts.
size_t nabla_rule_file_count(void);

/// The text with this index, which must be below the count.
nabla_rule_file nabla_rule_file_at(size_t index);

#endif
