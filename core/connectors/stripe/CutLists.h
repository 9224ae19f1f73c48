// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/base/Encoding.h"
#include "core/data/Value.h"

#include <string>
#include <vector>

namespace tw::stripe {

/// A list inside an object of which only the first entries came (`has_more`): an invoice has ten
/// of its lines. `after` is the last id that is there, empty where none is.
struct CutList
{
    std::string field, url, after;
};

/// Pages of 100 that are read for one object: reads are limited, and so is a message.
constexpr int kMostPagesOfLists = 10;

/// Those of the object's own members.
std::vector<CutList> cutLists(const Value &object);

/// It has an address of Stripe's API and a place to go on from.
bool canBeReadOn(const CutList &list);

/// The query for what follows. `expand`: what was expanded of the object; what of that lies inside
/// the list is expanded there.
FormFields nextPageOf(const CutList &list, const std::vector<std::string> &expand);

/// The object with the entries of `page` behind those of the list `field`; what the page says of
/// has_more counts. Made in `arena`.
Value withPage(Arena &arena, const Value &object, const std::string &field, const Value &page);

} // namespace tw::stripe
