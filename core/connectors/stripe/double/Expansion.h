// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/connectors/stripe/double/StripeStore.h"
#include "core/data/Value.h"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// What an answer shows of stored objects (docs.stripe.com/expand): fields that come only when
/// asked for are left out, and ids become the objects they name along the paths of `expand`. Values
/// live in `arena` and the store.
class Expansion
{
public:
    /// Makes a field that an object does not hold but shows when asked; undefined: there is none.
    using Includes = std::function<Value(const Value &object, std::string_view field)>;

    Expansion(Arena &arena, const StripeStore &store, Includes includes = {})
        : m_arena(arena), m_store(store), m_includes(std::move(includes))
    {}

    /// An object, a list of them, or a page. Paths that lead nowhere are left alone: the caller has
    /// refused them.
    Value shown(const Value &answer, const std::vector<std::string> &paths) const;
    /// As events carry it: without anything that comes only when asked for.
    Value bare(const Value &object) const;

private:
    Value filled(const Value &value, const std::vector<std::string> &paths, int depth) const;
    Value filledId(const Value &id, const std::vector<std::string> &paths, int depth) const;

    Arena &m_arena;
    const StripeStore &m_store;
    Includes m_includes;
};

/// Whether the field of the object comes only when it is expanded ("checkout.session",
/// "line_items").
bool isIncludable(std::string_view object, std::string_view field);

} // namespace tw::stripe
