// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/expr/Run.h"

#include <string>
#include <string_view>
#include <vector>

namespace tw::expr {

/// The types of a function's parameters in JSONata's notation: "<s-nn?:s>".
class Signature
{
public:
    struct Problem
    {
        std::string_view code; ///< S0401, S0402.
        std::string culprit;   ///< The offending part.
        int offset = 0;        ///< Where it begins in the text.
    };
    /// False with a problem when the text is not a signature.
    bool parse(std::string_view text, Problem &problem);
    bool isEmpty() const { return m_params.empty() && !m_checked; }

    /// Checks the arguments, fills in the context where allowed, wraps single values where arrays
    /// are due. `out` has room for capacity() values. Returns their number, or -1 with an error.
    int check(Run &run, const Value *args, int count, const Value &context, Value *out) const;
    int capacity(int count) const { return static_cast<int>(m_params.size()) + count; }

private:
    struct Param
    {
        std::uint16_t types = 0;
        bool context = false;
        bool optional = false;
        bool repeated = false;
        bool array = false;
        char subtype = 0;
    };
    bool match(const Value *args, int count, std::size_t params, bool toTheEnd, int *lengths) const;
    bool matchFrom(const Value *args, int count, std::size_t param, std::size_t params,
                   bool toTheEnd, int at, int *lengths) const;
    int refuse(Run &run, const Value *args, int count) const;
    bool takeArray(Run &run, const Param &param, const Value &arg, int index, Value &out) const;

    std::vector<Param> m_params;
    bool m_checked = false;
};

} // namespace tw::expr
