// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Random.h"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace tw::test {

/// Makes up expressions over the whole language, well-formed and not, that mean something on the
/// documents of sampleDocuments(). The same seed gives the same expressions everywhere.
class ExpressionGenerator
{
public:
    explicit ExpressionGenerator(std::uint64_t seed) : m_random(seed) {}

    std::string next();

private:
    using Choices = std::initializer_list<std::string_view>;

    std::size_t below(std::size_t bound) { return m_random.below(bound); }
    bool chance(unsigned percent) { return m_random.below(100) < percent; }
    std::string pick(Choices choices);
    std::string count(int from, int to);

    std::string any(int depth);
    std::string number(int depth);
    std::string text(int depth);
    std::string truth(int depth);
    std::string array(int depth);
    std::string object(int depth);
    std::string function(int depth, int parameters);
    std::string path(int depth);
    std::string step(int depth);
    std::string predicate(int depth);
    std::string block(int depth);
    std::string join(int depth);
    std::string call(int depth);
    std::string argument(char kind, int depth);
    std::string signature();
    std::string regex();
    std::string regexAtom(int depth);
    std::string datePicture();
    std::string dateText();
    std::string numberPicture();
    std::string numberOptions();
    std::string integerPicture();
    std::string pictureCall();
    std::string weird();
    std::string broken(std::string expression);

    Random m_random;
};

/// JSON texts to evaluate on; the first, empty, means no input.
std::span<const std::string_view> sampleDocuments();

} // namespace tw::test
