// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Secret.h"

#include <array>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// The windows of four bytes with which texts begin that are looked for. A text of seven bytes is
/// met by looking at every fourth window alone, because its first four windows are all here.
class WindowMarks
{
public:
    static constexpr std::size_t kWindow = 4;
    static constexpr std::size_t kShortest = 7;

    void add(std::string_view beginning); ///< At least kShortest bytes.
    /// For a text of six bytes of which the next is not known.
    void addWithAnyNext(std::string_view beginning);
    bool mayHold(std::string_view text) const
    {
        for (std::size_t at = 0; at + kWindow <= text.size(); at += kWindow) {
            const std::uint32_t window = windowAt(text.data() + at);
            if (isMarked(window) && isExact(window))
                return true;
        }
        return false;
    }
    /// Whether one of them begins at `text`, which has at least kWindow bytes, or something alike.
    bool mayBegin(const char *text) const { return isMarked(windowAt(text)); }
    void addOne(const char *window); ///< The one window only: for mayBegin().

private:
    static std::uint32_t windowAt(const char *text)
    {
        std::uint32_t window;
        std::memcpy(&window, text, sizeof window);
        return window;
    }
    static std::uint32_t slotOf(std::uint32_t window) { return (window * 0x9e3779b1u) >> 16; }
    bool isMarked(std::uint32_t window) const
    {
        const std::uint32_t slot = slotOf(window);
        return (m_slots[slot / 64] >> (slot % 64) & 1) != 0;
    }
    bool isExact(std::uint32_t window) const;

    std::array<std::uint64_t, 1024> m_slots{}; ///< A quick no; the list knows.
    std::vector<std::uint32_t> m_windows;      ///< Sorted.
};

/// Secrets that a program holds, in the forms in which they may reach a text: as they are,
/// percent-encoded, escaped for JSON, and in base64 wherever they stand in what was encoded.
class KnownSecrets
{
public:
    static constexpr std::size_t kShortest = 4; ///< Shorter ones would eat the text.

    /// Marks its forms in `marks`, but for those that are too short.
    void add(const Secret &secret, WindowMarks &marks);
    bool isEmpty() const { return m_forms.empty(); }
    bool hasShort() const { return m_hasShort; } ///< Of less than WindowMarks::kShortest bytes.
    /// `text` with "[secret]" in their places.
    std::string takenOut(std::string_view text) const;
    /// The same of a text that may have been cut: also the beginning of a secret at its end.
    std::string takenOutOfCut(std::string_view text) const;

private:
    static constexpr std::size_t kTelling = 6; ///< Fewer bytes of a secret tell nothing.
    std::size_t beginningAtEnd(std::string_view text) const;
    void addForm(std::string form, WindowMarks &marks);
    std::size_t lengthAt(std::string_view text, std::size_t at) const;

    std::vector<Secret> m_forms; ///< Longest first: one may begin like another.
    WindowMarks m_beginnings;
    bool m_hasShort = false;
};

} // namespace tw
