// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tw {

/// What a person who is to be erased is named by, and where it stands in what is kept.
///
/// Addresses (words with an @) are the same in any case, as mail takes them; ids are not. Found
/// also as JSON and percent encoding write them.
class SoughtWords
{
public:
    enum class Case { OfAddressesIsFree, IsFree };

    explicit SoughtWords(const std::vector<std::string> &words,
                         Case rule = Case::OfAddressesIsFree);
    bool areIn(std::string_view text) const; ///< One of them.
    /// `text` with "(erased)" in their places.
    std::string takenOut(std::string text) const;

private:
    struct Word
    {
        std::string text; ///< In small letters when its case is free.
        bool anyCase;
    };
    std::vector<Word> m_words;
    bool m_folds = false;
};

} // namespace tw
