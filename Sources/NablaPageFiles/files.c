// The files of Page/ and the gallery's examples, embedded.
#include "NablaPageFiles.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const char page_index_html[] = {
#embed "../../Page/index.html" suffix(,)
  0};
static const char page_page_css[] = {
#embed "../../Page/page.css" suffix(,)
  0};
static const char page_page_js[] = {
#embed "../../Page/page.js" suffix(,)
  0};
static const char page_answer_js[] = {
#embed "../../Page/answer.js" suffix(,)
  0};
static const char page_elements_js[] = {
#embed "../../Page/elements.js" suffix(,)
  0};
static const char page_keep_js[] = {
#embed "../../Page/keep.js" suffix(,)
  0};
static const char page_state_js[] = {
#embed "../../Page/state.js" suffix(,)
  0};
static const char page_variable_js[] = {
#embed "../../Page/variable.js" suffix(,)
  0};
static const char page_icon_svg[] = {
#embed "../../Page/icon.svg" suffix(,)
  0};
static const char page_report_css[] = {
#embed "../../Page/report.css" suffix(,)
  0};
static const char examples_ridge_nabla[] = {
#embed "../../Examples/ridge.nabla" suffix(,)
  0};
static const char examples_logistic_nabla[] = {
#embed "../../Examples/logistic.nabla" suffix(,)
  0};
static const char examples_softmax_nabla[] = {
#embed "../../Examples/softmax.nabla" suffix(,)
  0};
static const char examples_factorization_nabla[] = {
#embed "../../Examples/factorization.nabla" suffix(,)
  0};
static const char examples_gaussian_nabla[] = {
#embed "../../Examples/gaussian.nabla" suffix(,)
  0};
static const char examples_network_nabla[] = {
#embed "../../Examples/network.nabla" suffix(,)
  0};
static const char examples_rayleigh_nabla[] = {
#embed "../../Examples/rayleigh.nabla" suffix(,)
  0};

static const nabla_page_file files[] = {
  {"Page/index.html", page_index_html, sizeof page_index_html - 1},
  {"Page/page.css", page_page_css, sizeof page_page_css - 1},
  {"Page/page.js", page_page_js, sizeof page_page_js - 1},
  {"Page/answer.js", page_answer_js, sizeof page_answer_js - 1},
  {"Page/elements.js", page_elements_js, sizeof page_elements_js - 1},
  {"Page/keep.js", page_keep_js, sizeof page_keep_js - 1},
  {"Page/state.js", page_state_js, sizeof page_state_js - 1},
  {"Page/variable.js", page_variable_js, sizeof page_variable_js - 1},
  {"Page/icon.svg", page_icon_svg, sizeof page_icon_svg - 1},
  {"Page/report.css", page_report_css, sizeof page_report_css - 1},
  {"Examples/ridge.nabla", examples_ridge_nabla, sizeof examples_ridge_nabla - 1},
  {"Examples/logistic.nabla", examples_logistic_nabla, sizeof examples_logistic_nabla - 1},
  {"Examples/softmax.nabla", examples_softmax_nabla, sizeof examples_softmax_nabla - 1},
  {"Examples/factorization.nabla", examples_factorization_nabla, sizeof examples_factorization_nabla - 1},
  {"Examples/gaussian.nabla", examples_gaussian_nabla, sizeof examples_gaussian_nabla - 1},
  {"Examples/network.nabla", examples_network_nabla, sizeof examples_network_nabla - 1},
  {"Examples/rayleigh.nabla", examples_rayleigh_nabla, sizeof examples_rayleigh_nabla - 1},
};

size_t nabla_page_file_count(void) { return sizeof files / sizeof files[0]; }

nabla_page_file nabla_page_file_at(size_t index) { return files[index]; }
