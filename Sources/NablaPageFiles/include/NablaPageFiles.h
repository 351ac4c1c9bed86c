#ifndef NABLA_PAGE_FILES_H
#define NABLA_PAGE_FILES_H
#include <stddef.h>

/// A file of `Page/`, or an example, embedded in the binary.
typedef struct {
  const char *name;
  const char *bytes;
  size_t count;
} nabla_page_file;

/// The number of files.
size_t nabla_page_file_count(void);

/// The file with this index, which must be below the count.
nabla_page_file nabla_page_file_at(size_t index);

#endif
