// SPDX-License-Identifier: GPL-3.0-or-later
// Whatever bytes a flow file holds: reading, checking and one edit of each kind end, and an edit is
// taken back exactly.
#include "FlowFixtures.h"

#include "core/flow/PlacedLayout.h"

#include <cstdlib>

namespace {

void applyAndRevert(tw::FlowDocument &document, const tw::FlowEdit &edit)
{
    const std::string before = document.text();
    const auto applied = document.apply(edit);
    if (!applied)
        return;
    document.revert(*applied);
    if (document.text() != before)
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    tw::FlowDocument document(std::string(reinterpret_cast<const char *>(data), size));
    (void)tw::validateFlow(document, tw::test::registry());
    (void)tw::placedLayout(document.flow(), tw::test::registry());
    if (!document.isSound() || document.flow().steps.empty())
        return 0;
    const std::string id = document.flow().steps.front().id;
    applyAndRevert(document, tw::edit::MoveCards{{{id, {8, 8}}}});
    applyAndRevert(document, tw::edit::RenameStep{id, "fuzz_renamed"});
    applyAndRevert(document, tw::edit::SetSetting{id, {"fuzz"}, tw::test::json("\"a: b\"")});
    applyAndRevert(document, tw::edit::RemoveSteps{{id}, true});
    return 0;
}
