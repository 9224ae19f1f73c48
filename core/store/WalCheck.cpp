// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/store/WalCheck.h"

#include <array>
#include <cstring>
#include <fstream>
#include <vector>

namespace tw::sqlite {

namespace {

constexpr std::size_t kHeader = 32;
constexpr std::size_t kFrameHeader = 24;

using Sum = std::array<std::uint32_t, 2>;

std::uint32_t big(const char *at)
{
    std::uint32_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return __builtin_bswap32(word);
}

Sum add(Sum sum, const char *bytes, std::size_t size, bool bigEndian)
{
    for (std::size_t at = 0; at + 8 <= size; at += 8) {
        std::uint32_t first = 0, second = 0;
        std::memcpy(&first, bytes + at, sizeof first);
        std::memcpy(&second, bytes + at + 4, sizeof second);
        sum[0] += (bigEndian ? __builtin_bswap32(first) : first) + sum[1];
        sum[1] += (bigEndian ? __builtin_bswap32(second) : second) + sum[0];
    }
    return sum;
}

std::uint64_t saltAt(const char *at)
{
    return (std::uint64_t(big(at)) << 32) | big(at + 4);
}

/// Follows the frames; each one's sum goes on from that of the one before it.
class Frames
{
public:
    Frames(const char *header, std::uint64_t salt)
        : m_salt(salt), m_bigEndian((big(header) & 1) != 0), m_last{big(header + 24), big(header + 28)}
    {}

    void add(const char *frame, std::size_t size)
    {
        const Sum stored{big(frame + 16), big(frame + 20)};
        Sum sum = sqlite::add(m_last, frame, 8, m_bigEndian);
        sum = sqlite::add(sum, frame + kFrameHeader, size - kFrameHeader, m_bigEndian);
        const bool ours = saltAt(frame + 8) == m_salt;
        const bool follows = ours && sum == stored;
        ++m_number;
        if (m_sound && !follows)
            m_sound = false;
        // Whoever wrote this frame had the end of a transaction before it, and its confirmation.
        if (!m_sound && follows && m_lastEnds)
            report.isCutShort = true;
        m_lastEnds = ours && big(frame + 4) != 0;
        if (m_sound && m_lastEnds)
            report.frames = m_number;
        m_last = stored;
    }

    WalReport report;

private:
    std::uint64_t m_salt;
    bool m_bigEndian;
    Sum m_last;
    std::int64_t m_number = 0;
    bool m_sound = true;
    bool m_lastEnds = false;
};

} // namespace

Result<WalReport> checkWal(const std::string &log)
{
    std::ifstream in(log, std::ios::binary);
    std::array<char, kHeader> header{};
    if (!in || !in.read(header.data(), header.size()))
        return WalReport{};
    const std::size_t page = big(header.data() + 8);
    const bool known = (big(header.data()) & ~1u) == 0x377f0682 && page >= 512 && page <= 65536;
    const Sum sum = add({0, 0}, header.data(), 24, (big(header.data()) & 1) != 0);
    const bool sound = known && sum == Sum{big(header.data() + 24), big(header.data() + 28)};
    std::vector<char> frame(kFrameHeader + (known ? page : 4096));
    const auto size = static_cast<std::streamsize>(frame.size());
    if (!sound) {
        // A header is written and confirmed before the first frame: with frames behind it, it was one.
        WalReport report;
        report.isCutShort = in.read(frame.data(), size) && big(frame.data()) != 0;
        return report;
    }
    Frames frames(header.data(), saltAt(header.data() + 16));
    while (in.read(frame.data(), size))
        frames.add(frame.data(), frame.size());
    frames.report.salt = saltAt(header.data() + 16);
    return frames.report;
}

std::uint64_t saltOf(const std::string &log)
{
    std::ifstream in(log, std::ios::binary);
    std::array<char, kHeader> header{};
    return in.read(header.data(), header.size()) ? saltAt(header.data() + 16) : 0;
}

} // namespace tw::sqlite
