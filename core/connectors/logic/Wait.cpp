// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Wait.h"

#include "core/base/Text.h"
#include "core/connector/StepExpression.h"
#include "core/connectors/logic/DueTime.h"
#include "core/connectors/logic/StepWords.h"

#include <QDateTime>
#include <algorithm>

namespace tw::logic {
namespace {

struct WaitRule
{
    std::optional<std::chrono::milliseconds> span;
    std::optional<Expression> until;
    WallClock clock;
    std::optional<std::chrono::milliseconds> atMost;
    bool holdsOrder = false;
};

class WaitStep final : public Step
{
public:
    WaitStep(Clock &clock, WaitRule rule) : m_clock(clock), m_rule(std::move(rule)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        const Instant now = m_clock.now();
        if (call.waited && *call.waited <= now)
            return reply.emit("out", call.input);
        auto due = dueAt(call, now);
        if (!due)
            return reply.fail(std::move(due).error());
        if (*due <= now)
            return reply.emit("out", call.input, "was due");
        reply.later(*due, "until " + QDateTime::fromMSecsSinceEpoch(due->msSinceEpoch, Qt::UTC)
                                         .toString(Qt::ISODate)
                                         .toStdString());
    }

    bool keepsOrder() const override { return m_rule.holdsOrder; }

private:
    Result<Instant> dueAt(const StepCall &call, Instant now) const
    {
        Instant due = now;
        if (m_rule.until) {
            Arena arena;
            const auto value = evaluate(*m_rule.until, arena, call);
            if (!value)
                return value.error();
            auto named = dueTime(*value, m_rule.clock);
            if (!named)
                return named;
            due = *named;
        } else {
            due = nextTimeOfDay(now + *m_rule.span, m_rule.clock);
        }
        return m_rule.atMost ? std::min(due, now + *m_rule.atMost) : due;
    }

    Clock &m_clock;
    WaitRule m_rule;
};

Result<WaitRule> ruleFrom(const Settings &settings)
{
    WaitRule rule;
    if (settings.has("for") == settings.has("until"))
        return configError("logic.no_time",
                           settings.has("for")
                               ? "Choose one: \"for\" or \"until\"."
                               : "Say how long: \"for: 3d\", or \"until: due_date\".");
    if (settings.has("for"))
        rule.span = settings.duration("for");
    if (settings.has("until")) {
        auto until = compileSetting(settings.text("until"), "until");
        if (!until)
            return std::move(until).error();
        rule.until = std::move(*until);
    }
    if (settings.has("at")) {
        auto at = timeOfDay(settings.text("at"));
        if (!at)
            return std::move(at).error().at("at");
        rule.clock.at = *at;
    }
    auto zone = zoneNamed(settings.text("zone"));
    if (!zone)
        return std::move(zone).error().at("zone");
    rule.clock.zone = std::move(*zone);
    if (settings.has("at_most"))
        rule.atMost = settings.duration("at_most");
    rule.holdsOrder = settings.flag("hold_order");
    return rule;
}

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    auto rule = ruleFrom(context.settings);
    if (!rule)
        return std::move(rule).error();
    return std::unique_ptr<Step>(
        std::make_unique<WaitStep>(context.services.clock, std::move(*rule)));
}

void check(const Settings &settings, std::vector<Diagnostic> &findings)
{
    const auto rule = ruleFrom(settings);
    // Expressions have findings of their own.
    if (rule || rule.error().where == "until")
        return;
    Diagnostic finding;
    finding.code = rule.error().code;
    finding.message = rule.error().message;
    finding.path = rule.error().where;
    findings.push_back(std::move(finding));
}

std::string summary(const Settings &settings)
{
    std::string line = settings.has("for") ? spanWords(settings.duration("for"))
                                           : "until " + conditionWords(settings.text("until"));
    if (settings.has("at"))
        line += ", at " + settings.text("at");
    if (settings.has("at_most"))
        line += ", at most " + spanWords(settings.duration("at_most"));
    return shortened(line);
}

} // namespace

NodeDescriptor wait()
{
    NodeDescriptor node;
    node.kind = NodeKind::Logic;
    node.type = "wait";
    node.title = "Wait";
    node.label = "Wait";
    node.group = "Decide";
    node.icon = "hourglass-split";
    node.help = "Lets a record pass later: after a span of time, or at a time that it names. The "
                "time is kept on disk, so that neither a restart nor a month makes a difference. "
                "A time that has passed does not wait.";
    node.params = {
        duration("for", "For").help("How long each record waits.").example("3d"),
        expression("until", "Until")
            .help("Instead of a span: a day, a time, or milliseconds since 1970.")
            .example("$toMillis(due_date)"),
        text("at", "Time of day")
            .help("When a day is meant, or the next such time after the span.")
            .example("09:00"),
        text("zone", "Time zone")
            .help("By whose clocks days and times of day are read.")
            .fallback("UTC"),
        duration("at_most", "At most")
            .help("A record never waits longer, whatever it names.")
            .example("30d"),
        boolean("hold_order", "Hold the order")
            .help("Later events of the same key wait too. Otherwise they pass while a run waits "
                  "here, and it goes on behind them.")
            .fallback("false"),
    };
    node.summary = summary;
    node.check = check;
    node.errorCodes = {"logic.no_time", "logic.unknown_zone"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
