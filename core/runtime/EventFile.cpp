// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/runtime/EventFile.h"

#include "core/data/Json.h"

#include <algorithm>

namespace tw {

Result<IncomingEvent> readEventFile(const std::string &json, Instant now)
{
    auto document = parseJson(json);
    if (!document)
        return std::move(document).error();
    const Value &root = document->root();
    const Value id = root.get("id");
    const Value type = root.get("type");
    if (!id.isString() || id.size() == 0 || !type.isString() || type.size() == 0)
        return rejectedError("runtime.no_event",
                             "This is not an event: it needs an \"id\" and a \"type\".");
    const auto created = root.get("created").toInt();
    const Value live = root.get("livemode");
    const Value object = root.find("data.object.id");
    return IncomingEvent{std::string(id.text()), std::string(type.text()), json,
                         root.get("created").isNumber() && created ? Instant::fromSeconds(*created)
                                                                   : now,
                         live.isBool() && live.asBool(),
                         object.isString() ? std::string(object.text()) : std::string()};
}

bool asksFor(const DeployedFlow::Node &trigger, std::string_view type)
{
    if (trigger.type->callPart == CallPart::Entry)
        return false; // Only other flows begin there.
    if (!trigger.settings.has("events"))
        return true;
    const auto patterns = trigger.settings.list("events");
    return std::any_of(patterns.begin(), patterns.end(), [type](const std::string &pattern) {
        if (pattern == "*" || pattern == type)
            return true;
        return pattern.ends_with(".*")
            && type.starts_with(std::string_view(pattern).substr(0, pattern.size() - 1));
    });
}

} // namespace tw
