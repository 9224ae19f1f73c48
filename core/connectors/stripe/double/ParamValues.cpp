// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/double/ParamValues.h"

namespace tw::stripe {

Value mergedMetadata(const sandbox::JsonMaker &json, const Value &before, const Value &change)
{
    ObjectBuilder builder(json.arena());
    if (!change.isString()) {
        for (const Member &member : before.members())
            builder.set(member.key.text(), member.value);
    }
    for (const Member &member : change.members()) {
        if (member.value.isString() && member.value.size() == 0)
            builder.remove(Value::key(member.key.text()));
        else
            builder.set(member.key.text(), member.value);
    }
    return builder.finish();
}

} // namespace tw::stripe
