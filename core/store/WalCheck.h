// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Result.h"

#include <cstdint>
#include <optional>
#include <string>

namespace tw::sqlite {

/// What a write-ahead log says about itself, read without SQLite (sqlite.org/fileformat2.html, section 4).
///
/// SQLite takes a log up to the first frame that does not add up and drops the rest without a word:
/// right for a write that a power cut tore, wrong for a bit that flipped in the middle. The two can
/// be told apart: a transaction is begun only after the one before it is confirmed.
struct WalReport
{
    std::uint64_t salt = 0;   ///< Of the log's generation; 0: no log, or one without a sound header.
    std::int64_t frames = 0;  ///< Up to the end of the last transaction that SQLite will take.
    bool isCutShort = false;  ///< Confirmed transactions stand behind a frame that does not add up.
};

/// No file or an empty one: an empty report. Errors: Transient `store.io`.
Result<WalReport> checkWal(const std::string &log);

/// The generation that the header names, 0 when it cannot be read.
std::uint64_t saltOf(const std::string &log);

} // namespace tw::sqlite
