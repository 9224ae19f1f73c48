// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "core/schema/Param.h"
#include "core/schema/Shape.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tw::stripe {

/// One type of event. Facts (names, object types) are generated from Stripe's own type
/// declarations; the words are ours. Immutable tables, usable from any thread.
struct EventType
{
    std::string_view name;   ///< "charge.succeeded", or "v1.charge.succeeded" for a thin one.
    std::string_view object; ///< Type of data.object; empty for thin events.
    bool thin = false;       ///< The notification carries no object, only a reference to it.
};

std::span<const EventType> eventTypes();
const EventType *eventType(std::string_view name);

std::string eventGroup(const EventType &type);       ///< "Charges".
std::string eventDescription(const EventType &type); ///< "A charge went through."

/// The choices of the event picker: every type, and a wildcard per group.
std::vector<Param::Choice> eventChoices();

/// True when one of `patterns` names `type`: exactly, as "charge.*", or as "*".
bool matchesEvent(const std::vector<std::string> &patterns, std::string_view type);

/// Turns what an example tells about a Stripe object (or an event around it) into typed fields:
/// minor-unit amounts, Unix times, currencies, e-mails, addresses.
Shape eventShape(const Value &example, std::string_view object);
/// The same facts for a shape that is known otherwise; lists count as their items.
void addFieldFacts(Shape &shape, std::string_view object);

} // namespace tw::stripe
