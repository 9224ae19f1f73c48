// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/timer/ScheduleTrigger.h"

#include "core/base/Text.h"
#include "core/connectors/timer/Schedule.h"

#include <QDateTime>
#include <QObject>
#include <algorithm>
#include <deque>

namespace tw::timer {
namespace {

constexpr std::size_t kMostMissed = 1000;
constexpr std::chrono::seconds kShortest{1};
/// The wall clock may be set: look at it again after this long, however far the next moment is.
constexpr std::chrono::milliseconds kLongestSleep{60'000};
constexpr std::chrono::milliseconds kStoreRetry{5'000};

enum class Missed { Once, Each, Skip };

std::string textOf(Instant at)
{
    return QDateTime::fromMSecsSinceEpoch(at.msSinceEpoch, Qt::UTC)
        .toString(Qt::ISODateWithMs)
        .toStdString();
}

std::optional<Instant> instantOf(const std::string &text)
{
    const QDateTime at = QDateTime::fromString(toQString(text), Qt::ISODateWithMs);
    return at.isValid() ? std::optional(Instant{at.toMSecsSinceEpoch()}) : std::nullopt;
}

class ScheduleTrigger final : public QObject, public Trigger
{
public:
    ScheduleTrigger(Clock &clock, Schedule schedule, Missed missed)
        : m_clock(clock), m_schedule(std::move(schedule)), m_missed(missed)
    {}

    Result<void> start(TriggerHost &host) override
    {
        m_host = &host;
        askForNewest();
        return {};
    }

private:
    void askForNewest()
    {
        m_host->newestEvent([this](Result<std::string> newest) {
            if (!newest)
                return m_clock.callAfter(kStoreRetry, this, [this] { askForNewest(); });
            catchUp(instantOf(*newest));
            goOn();
        });
    }

    void catchUp(std::optional<Instant> newest)
    {
        m_last = newest.value_or(m_clock.now());
        const Instant now = m_clock.now();
        if (m_last > now || m_missed == Missed::Skip)
            return void(m_last = std::max(m_last, now));
        auto missed = m_schedule.between(m_last, now, kMostMissed);
        m_missedCount = missed.size();
        if (m_missed == Missed::Once && missed.size() > 1)
            missed.erase(missed.begin(), missed.end() - 1);
        m_due.assign(missed.begin(), missed.end());
    }

    /// Hands in what is due, one after the other, then sleeps until the next moment.
    void goOn()
    {
        if (m_due.empty())
            return sleep();
        const Instant planned = m_due.front();
        m_host->accept(eventAt(planned), [this, planned](Result<Acceptance> stored) {
            if (!stored)
                return m_clock.callAfter(kStoreRetry, this, [this] { goOn(); });
            m_due.pop_front();
            m_last = std::max(m_last, planned);
            m_missedCount = 0;
            goOn();
        });
    }

    void sleep()
    {
        const auto next = m_schedule.next(m_last);
        if (!next)
            return;
        const auto wait = std::clamp(*next - m_clock.now(), std::chrono::milliseconds(0), kLongestSleep);
        m_clock.callAfter(wait, this, [this, next = *next] {
            if (m_clock.now() >= next)
                wake(next);
            else
                sleep();
        });
    }

    /// The computer may have slept, or the clock jumped: then several moments are due.
    void wake(Instant next)
    {
        const Instant now = m_clock.now();
        const auto due = m_schedule.between(m_last, now, kMostMissed);
        if (due.size() <= 1 || m_missed == Missed::Each)
            m_due.assign(due.begin(), due.end());
        else
            m_due = {due.back()};
        m_missedCount = due.size() > 1 ? due.size() - 1 : 0;
        if (m_due.empty())
            m_due = {next};
        goOn();
    }

    IncomingEvent eventAt(Instant planned) const
    {
        const std::string text = textOf(planned);
        IncomingEvent event;
        event.id = text;
        event.type = "schedule";
        event.body = R"({"planned":")" + text + R"(","unix":)" + std::to_string(planned.seconds())
            + R"(,"missed":)" + std::to_string(m_missed == Missed::Each ? 0 : m_missedCount) + "}";
        event.created = planned;
        event.live = true;
        event.key = "schedule";
        return event;
    }

    Clock &m_clock;
    Schedule m_schedule;
    Missed m_missed;
    TriggerHost *m_host = nullptr;
    Instant m_last; ///< The last moment that was handed in or passed over.
    std::deque<Instant> m_due;
    std::size_t m_missedCount = 0;
};

Result<Schedule> scheduleFrom(const Settings &settings)
{
    const bool byCron = settings.has("cron");
    if (byCron == settings.has("every"))
        return configError("timer.no_schedule",
                           byCron ? "Choose one: \"cron\" or \"every\"."
                                  : "Say when: \"cron: 0 8 * * 1-5\", or \"every: 15m\".");
    if (!byCron) {
        const auto every = settings.duration("every");
        if (every < kShortest)
            return configError("timer.too_often", "The shortest interval is one second.").at("every");
        return Schedule(every);
    }
    auto cron = Cron::parse(settings.text("cron"));
    if (!cron)
        return std::move(cron).error().at("cron");
    const std::string name = settings.text("zone");
    QTimeZone zone(QByteArray::fromStdString(name));
    if (!zone.isValid())
        return configError("timer.unknown_zone", "There is no time zone \"" + name
                                                     + "\". Write one such as Europe/Berlin or UTC.")
            .at("zone");
    if (!cron->next(Instant{}, zone))
        return configError("timer.never", "This day never comes. Look at day and month.").at("cron");
    return Schedule(std::move(*cron), std::move(zone));
}

Result<std::unique_ptr<Trigger>> create(NodeContext context)
{
    auto schedule = scheduleFrom(context.settings);
    if (!schedule)
        return std::move(schedule).error();
    const std::string missed = context.settings.text("missed");
    return std::unique_ptr<Trigger>(std::make_unique<ScheduleTrigger>(
        context.services.clock, std::move(*schedule),
        missed == "each"       ? Missed::Each
            : missed == "skip" ? Missed::Skip
                               : Missed::Once));
}

std::string summary(const Settings &settings)
{
    if (settings.has("every"))
        return "every " + settings.text("every");
    return settings.text("cron") + " (" + settings.text("zone") + ')';
}

void check(const Settings &settings, std::vector<Diagnostic> &findings)
{
    auto schedule = scheduleFrom(settings);
    if (schedule)
        return;
    Diagnostic finding;
    finding.code = schedule.error().code;
    finding.message = schedule.error().message;
    finding.path = schedule.error().where;
    findings.push_back(std::move(finding));
}

Shape messageShape()
{
    const auto field = [](const char *name, Shape::Type type, const char *unit, const char *help) {
        Shape shape;
        shape.type = type;
        shape.unit = unit;
        shape.help = help;
        return Shape::Field{name, shape, true, true};
    };
    Shape shape;
    shape.type = Shape::Type::Group;
    shape.fields = {
        field("planned", Shape::Type::Instant, "iso8601", "The planned moment, in UTC."),
        field("unix", Shape::Type::Instant, "unix_seconds", "The planned moment."),
        field("missed", Shape::Type::Integer, "", "How many earlier moments this run stands for."),
    };
    return shape;
}

} // namespace

NodeDescriptor scheduleTrigger()
{
    NodeDescriptor node;
    node.kind = NodeKind::Trigger;
    node.type = "schedule";
    node.title = "Schedule";
    node.label = "Trigger";
    node.group = "Triggers";
    node.icon = "clock";
    node.help = "Starts the flow at planned times: by a cron line in a time zone, or every so often. "
                "A planned time is never run twice; what was missed while nothing ran is treated as "
                "you choose.";
    node.params = {
        text("cron", "Cron line")
            .help("Minute, hour, day of the month, month, day of the week.")
            .example("0 8 * * 1-5"),
        duration("every", "Every").help("Instead of a cron line.").example("15m"),
        text("zone", "Time zone").help("By whose clocks the cron line goes.").fallback("UTC"),
        choice("missed", "Missed times")
            .help("What happens with planned times at which nothing ran.")
            .oneOf({{"once", "Run once for all of them", "", ""},
                    {"each", "Run for each", "", ""},
                    {"skip", "Skip them", "", ""}})
            .fallback("once"),
    };
    node.canFail = false;
    node.summary = summary;
    node.check = check;
    node.output = messageShape();
    node.errorCodes = {"timer.bad_cron", "timer.unknown_zone", "timer.no_schedule"};
    node.createTrigger = create;
    return node;
}

} // namespace tw::timer
