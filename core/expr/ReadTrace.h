// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/data/Value.h"

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace tw::expr {

/// Notes which fields of its input an evaluation really reads: for the overlay "read in this
/// sample", for "why is this field empty", and to check lineage.
///
/// Objects of the input are known by their address, so values that an expression builds do not
/// count, and copies ($clone, transform) count as reading the whole of what is copied. Lists are
/// transparent: every line of `lines.data` is one place. Set Environment::reads to use it; it
/// starts anew with each evaluation and may be read afterwards, also when that failed. An object
/// that is in the input and in a binding as well counts for the input. Not shared between threads.
class ReadTrace
{
public:
    struct Read
    {
        std::string root; ///< Empty for the input, else the name of a binding.
        std::vector<std::string> steps;
        std::uint32_t found = 0;  ///< How often there was a value.
        std::uint32_t missed = 0; ///< How often there was none.
        bool whole = false;       ///< With everything below it.
    };

    void clear();
    void watch(std::string_view root, const Value &value);

    /// Told by the evaluation. Values that are not from the input are passed over.
    void field(const Value &object, std::string_view key);
    void all(const Value &value);   ///< Every field of an object, or of the objects of a list.
    void below(const Value &value); ///< Every field at any depth, each by itself.
    void whole(const Value &value); ///< All there is at and below a value, as one.

    /// In the order of the first reading. A field on the way to another one is a read as well.
    std::vector<Read> reads() const;

private:
    struct Place
    {
        int parent = -1;
        std::string name; ///< Of a root: the binding's name.
        std::map<std::string, int, std::less<>> children;
        std::uint32_t found = 0;
        std::uint32_t missed = 0;
        bool whole = false;
        bool noted = false;
    };
    int child(int parent, std::string_view name);
    int placeOf(const Value &object) const;
    void enter(int place, const Value &value, int depth);
    void fieldsBelow(const Value &value, int depth);
    void wholeBelow(const Value &value, int depth);
    bool isNew(const Value &value);
    void note(int place);

    std::vector<Place> m_places;
    std::vector<int> m_order;
    std::unordered_map<const void *, int> m_objects;
    std::set<std::pair<const void *, std::uint32_t>> m_passed; ///< Built values looked through.
};

} // namespace tw::expr
