#pragma once
// id_text: a job's id as JobId::str gives it, without a string.

#include <kue/id.hpp>

#include <array>

namespace kue {

using IdText = std::array<char, 36>;
IdText id_text(JobId id) noexcept;

}  // namespace kue
