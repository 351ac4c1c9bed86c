// The texts of Rules/, embedded. A new file needs one block and one line here; a test compares this with the folder.
#include "NablaRules.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char functions[] = {
#embed "../../Rules/Functions.rules" suffix(,)
  0};
static const char operations[] = {
#embed "../../Rules/Operations.rules" suffix(,)
  0};
static const char differentials[] = {
#embed "../../Rules/Differentials.rules" suffix(,)
  0};
static const char adjoints[] = {
#embed "../../Rules/Adjoints.rules" suffix(,)
  0};
static const char vectorization[] = {
#embed "../../Rules/Vectorization.rules" suffix(,)
  0};
static const char facts[] = {
#embed "../../Rules/Facts.rules" suffix(,)
  0};
static const char stable[] = {
#embed "../../Rules/Stable.rules" suffix(,)
  0};
static const char identities_cholesky[] = {
#embed "../../Rules/Identities/Cholesky.rules" suffix(,)
  0};
static const char identities_determinant[] = {
#embed "../../Rules/Identities/Determinant.rules" suffix(,)
  0};
static const char identities_diagonal[] = {
#embed "../../Rules/Identities/Diagonal.rules" suffix(,)
  0};
static const char identities_elementwise[] = {
#embed "../../Rules/Identities/Elementwise.rules" suffix(,)
  0};
static const char identities_exponential[] = {
#embed "../../Rules/Identities/Exponential.rules" suffix(,)
  0};
static const char identities_inverse[] = {
#embed "../../Rules/Identities/Inverse.rules" suffix(,)
  0};
static const char identities_kronecker[] = {
#embed "../../Rules/Identities/Kronecker.rules" suffix(,)
  0};
static const char identities_norms[] = {
#embed "../../Rules/Identities/Norms.rules" suffix(,)
  0};
static const char identities_product[] = {
#embed "../../Rules/Identities/Product.rules" suffix(,)
  0};
static const char identities_pseudoinverse[] = {
#embed "../../Rules/Identities/Pseudoinverse.rules" suffix(,)
  0};
static const char identities_singular[] = {
#embed "../../Rules/Identities/Singular.rules" suffix(,)
  0};
static const char identities_softmax[] = {
#embed "../../Rules/Identities/Softmax.rules" suffix(,)
  0};
static const char identities_sums[] = {
#embed "../../Rules/Identities/Sums.rules" suffix(,)
  0};
static const char identities_trace[] = {
#embed "../../Rules/Identities/Trace.rules" suffix(,)
  0};
static const char identities_transpose[] = {
#embed "../../Rules/Identities/Transpose.rules" suffix(,)
  0};
static const char identities_vectorization[] = {
#embed "../../Rules/Identities/Vectorization.rules" suffix(,)
  0};

static const nabla_rule_file files[] = {
  {"Rules/Functions.rules", functions, sizeof functions - 1},
  {"Rules/Operations.rules", operations, sizeof operations - 1},
  {"Rules/Differentials.rules", differentials, sizeof differentials - 1},
  {"Rules/Adjoints.rules", adjoints, sizeof adjoints - 1},
  {"Rules/Vectorization.rules", vectorization, sizeof vectorization - 1},
  {"Rules/Facts.rules", facts, sizeof facts - 1},
  {"Rules/Stable.rules", stable, sizeof stable - 1},
  {"Rules/Identities/Cholesky.rules", identities_cholesky, sizeof identities_cholesky - 1},
  {"Rules/Identities/Determinant.rules", identities_determinant, sizeof identities_determinant - 1},
  {"Rules/Identities/Diagonal.rules", identities_diagonal, sizeof identities_diagonal - 1},
  {"Rules/Identities/Elementwise.rules", identities_elementwise, sizeof identities_elementwise - 1},
  {"Rules/Identities/Exponential.rules", identities_exponential, sizeof identities_exponential - 1},
  {"Rules/Identities/Inverse.rules", identities_inverse, sizeof identities_inverse - 1},
  {"Rules/Identities/Kronecker.rules", identities_kronecker, sizeof identities_kronecker - 1},
  {"Rules/Identities/Norms.rules", identities_norms, sizeof identities_norms - 1},
  {"Rules/Identities/Product.rules", identities_product, sizeof identities_product - 1},
  {"Rules/Identities/Pseudoinverse.rules", identities_pseudoinverse, sizeof identities_pseudoinverse - 1},
  {"Rules/Identities/Singular.rules", identities_singular, sizeof identities_singular - 1},
  {"Rules/Identities/Softmax.rules", identities_softmax, sizeof identities_softmax - 1},
  {"Rules/Identities/Sums.rules", identities_sums, sizeof identities_sums - 1},
  {"Rules/Identities/Trace.rules", identities_trace, sizeof identities_trace - 1},
  {"Rules/Identities/Transpose.rules", identities_transpose, sizeof identities_transpose - 1},
  {"Rules/Identities/Vectorization.rules", identities_vectorization, sizeof identities_vectorization - 1},
};

size_t nabla_rule_file_count(void) { return sizeof files / sizeof files[0]; }

nabla_rule_file nabla_rule_file_at(size_t index) { return files[index]; }
