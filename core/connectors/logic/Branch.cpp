// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Branch.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

#include <cctype>

namespace tw::logic {
namespace {

constexpr std::string_view kOther = "other";

class BranchStep final : public Step
{
public:
    struct Case
    {
        std::string exit;
        Expression condition;
    };

    explicit BranchStep(std::vector<Case> cases) : m_cases(std::move(cases)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        Arena arena;
        for (const Case &one : m_cases) {
            auto value = evaluate(one.condition, arena, call);
            if (!value)
                return reply.fail(std::move(value).error().at(one.exit));
            if (isTrue(*value))
                return reply.emit(one.exit, call.input);
        }
        reply.emit(std::string(kOther), call.input);
    }

private:
    std::vector<Case> m_cases;
};

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    std::vector<BranchStep::Case> cases;
    for (const Member &member : context.settings.value("cases").members()) {
        std::string exit(member.key.text());
        auto condition = compileSetting(std::string(member.value.text()), "cases." + exit);
        if (!condition)
            return std::move(condition).error();
        cases.push_back({std::move(exit), std::move(*condition)});
    }
    return std::unique_ptr<Step>(std::make_unique<BranchStep>(std::move(cases)));
}

/// "likely_duplicate" is shown as "Likely duplicate".
std::string titleOf(std::string_view exit)
{
    std::string title(exit);
    for (char &byte : title)
        byte = byte == '_' ? ' ' : byte;
    if (!title.empty())
        title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
    return title;
}

std::vector<Exit> exits(const Settings &settings)
{
    std::vector<Exit> all;
    for (const Member &member : settings.value("cases").members()) {
        if (member.key.text() != kOther)
            all.push_back({std::string(member.key.text()), titleOf(member.key.text())});
    }
    all.push_back({std::string(kOther), "Other"});
    return all;
}

std::string summary(const Settings &settings)
{
    std::string line;
    for (const Exit &exit : exits(settings))
        line += (line.empty() ? "" : ", ") + exit.id;
    return shortened(line);
}

} // namespace

NodeDescriptor branch()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "branch";
    node.title = "Branch";
    node.label = "Branch";
    node.group = "Decide";
    node.icon = "signpost-split";
    node.help = "Sends each record along one of several exits: the first whose condition is true, "
                "from top to bottom. When none is, it leaves by Other.";
    node.params = {cases("cases", "Cases")
                       .help("One exit each with its condition. The first true one wins.")
                       .example("{large: amount > 1000}")
                       .required()};
    node.dynamicExits = exits;
    node.summary = summary;
    node.errorCodes = {"expr.T2010", "expr.T2001"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
