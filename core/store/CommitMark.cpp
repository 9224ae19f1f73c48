// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/CommitMark.h"

#include <array>
#include <cstdlib>
#include <fcntl.h>
#include <unistd.h>

namespace tw {

namespace {

constexpr std::uint64_t kMagic = 0x74776d61726b3031; // "twmark01", with the time

using Words = std::array<std::uint64_t, 7>;
constexpr std::int64_t kSameClockMs = 1500;

std::uint64_t sumOf(const Words &words)
{
    std::uint64_t sum = kMagic;
    for (std::size_t at = 0; at + 1 < words.size(); ++at)
        sum = (sum ^ words[at]) * 0x100000001b3ULL + (sum >> 29);
    return sum;
}

std::int64_t upMs()
{
    return SystemClock().upTime().count();
}

} // namespace

CommitMark::CommitMark(std::string file)
    : m_file(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600))
{}

CommitMark::~CommitMark()
{
    if (m_file >= 0)
        ::close(m_file);
}

std::optional<CommitMark::Reached> CommitMark::read() const
{
    Words words{};
    if (m_file < 0 || ::pread(m_file, words.data(), sizeof words, 0) != sizeof words
        || words[0] != kMagic || words.back() != sumOf(words))
        return std::nullopt;
    return Reached{words[1], static_cast<std::int64_t>(words[2]),
                   static_cast<std::int64_t>(words[3]), {static_cast<std::int64_t>(words[4])},
                   static_cast<std::int64_t>(words[5])};
}

bool CommitMark::hasClockMoved(const Reached &since)
{
    const std::int64_t up = upMs() - since.upMs;
    const std::int64_t clock = (SystemClock().now() - since.at).count();
    return up >= 0 && std::llabs(clock - up) > kSameClockMs;
}

void CommitMark::write(const Reached &reached, bool sync)
{
    Words words{kMagic, reached.salt, static_cast<std::uint64_t>(reached.frames),
                static_cast<std::uint64_t>(reached.newestRun),
                static_cast<std::uint64_t>(
                    reached.at.msSinceEpoch != 0 ? reached.at.msSinceEpoch
                                                 : SystemClock().now().msSinceEpoch),
                static_cast<std::uint64_t>(upMs()), 0};
    words.back() = sumOf(words);
    if (m_file >= 0 && ::pwrite(m_file, words.data(), sizeof words, 0) != sizeof words)
        return;
    if (sync && m_file >= 0)
        (void)::fsync(m_file);
}

} // namespace tw
