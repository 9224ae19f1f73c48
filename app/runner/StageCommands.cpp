// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Output.h"
#include "app/runner/Prompt.h"
#include "core/base/LogSink.h"
#include "core/data/Json.h"
#include "core/flow/SecretSources.h"
#include "core/runtime/Stage.h"
#include "core/vault/Keychain.h"
#include "core/vault/Masker.h"

#include <QCoreApplication>
#include <algorithm>
#include <memory>

namespace tw::runner {
namespace {

struct StageOptions
{
    std::string project = ".";
    std::string dataDir;
    std::string environment = "local";
    std::string flow;
    std::int64_t run = 0;
    std::int64_t letter = 0;
    int limit = 1000;
    bool expectSame = false;
    bool json = false;
    bool masked = false;
    std::string log;
};

Value jsonOrText(Arena &arena, const std::string &text)
{
    auto value = parseJsonInto(arena, text);
    return text.empty() ? Value::null() : value ? *value : Value::string(arena, text);
}

const char *wordOf(ops::RecordDifference::Kind kind)
{
    switch (kind) {
    case ops::RecordDifference::Kind::OnlyBefore:
        return "only_before";
    case ops::RecordDifference::Kind::OnlyAfter:
        return "only_after";
    case ops::RecordDifference::Kind::Changed:
        break;
    }
    return "changed";
}

Value toValue(Arena &arena, const ops::ShadowReport &report)
{
    ArrayBuilder differences(arena);
    for (const ops::RecordDifference &difference : report.differences) {
        ArrayBuilder fields(arena);
        for (const ops::FieldDifference &field : difference.fields) {
            ObjectBuilder one(arena);
            one.set("field", Value::string(arena, field.field));
            one.set("before", jsonOrText(arena, field.before));
            one.set("after", jsonOrText(arena, field.after));
            fields.add(one.finish());
        }
        ObjectBuilder object(arena);
        object.set("kind", Value::string(wordOf(difference.kind)));
        object.set("run", Value::integer(difference.run));
        object.set("event", Value::string(arena, difference.eventId));
        object.set("step", Value::string(arena, difference.step));
        object.set("record", Value::string(arena, difference.record));
        object.set("fields", fields.finish());
        differences.add(object.finish());
    }
    ObjectBuilder object(arena);
    object.set("events", Value::integer(report.events));
    object.set("records_before", Value::integer(report.recordsBefore));
    object.set("records_after", Value::integer(report.recordsAfter));
    object.set("same", Value::integer(report.same));
    object.set("failed_before", Value::integer(report.failedBefore));
    object.set("failed_after", Value::integer(report.failedAfter));
    object.set("left_out", Value::integer(report.leftOut));
    object.set("differences", differences.finish());
    return object.finish();
}

void showShadow(Output &out, const Masker *masker, const ops::ShadowReport &report)
{
    Arena arena;
    const Value plain = toValue(arena, report);
    const Value shown = masker ? masker->masked(arena, plain) : plain;
    if (out.isJson())
        return out.json(shown);
    out.line(out.bold("Nothing was sent.") + ' ' + std::to_string(report.events) + " events; "
             + std::to_string(report.recordsBefore) + " records then, "
             + std::to_string(report.recordsAfter) + " now; " + std::to_string(report.same)
             + " the same, " + std::to_string(report.differences.size()) + " differ; runs that failed: "
             + std::to_string(report.failedBefore) + " then, " + std::to_string(report.failedAfter)
             + " now.");
    if (report.leftOut > 0)
        out.line(std::to_string(report.leftOut)
                 + " runs are left out: they are open, or their event is no longer kept.");
    std::vector<std::vector<std::string>> rows{
        {out.faint("run"), out.faint("event"), out.faint("record"), out.faint("step"),
         out.faint("field"), out.faint("then"), out.faint("now")}};
    const std::span<const Value> differences = shown.get("differences").items();
    for (std::size_t at = 0; at < differences.size(); ++at) {
        const Value &difference = differences[at];
        const auto &known = report.differences[at].fields;
        const auto text = [&difference](const char *name) {
            return std::string(difference.get(name).text());
        };
        const std::vector<std::string> start{toJson(difference.get("run")), text("event"),
                                             text("record"), text("step")};
        const auto row = [&](const std::string &field, const std::string &then, const std::string &now) {
            rows.push_back(start);
            rows.back().insert(rows.back().end(), {field, then, now});
        };
        if (text("kind") != "changed") {
            const bool before = text("kind") == "only_before";
            row("(record)", before ? "sent" : "-", before ? "-" : "sent");
        }
        const std::span<const Value> fields = difference.get("fields").items();
        for (std::size_t i = 0; i < fields.size(); ++i) {
            row(std::string(fields[i].get("field").text()),
                known[i].before.empty() ? "-" : toJson(fields[i].get("before")),
                known[i].after.empty() ? "-" : toJson(fields[i].get("after")));
        }
    }
    if (rows.size() > 1)
        out.line(fittedTable(std::move(rows), {false, true, false, true, true, true, true}));
}

const char *wordOf(StepEvent::Phase phase)
{
    switch (phase) {
    case StepEvent::Phase::Dropped:
        return "dropped";
    case StepEvent::Phase::Failed:
        return "failed";
    case StepEvent::Phase::Waiting:
        return "waiting";
    default:
        return "done";
    }
}

Value toValue(Arena &arena, const Stage::Rerun &told)
{
    ArrayBuilder steps(arena);
    for (const StepEvent &event : told.rehearsed.steps) {
        ObjectBuilder step(arena);
        step.set("step", Value::string(arena, event.step));
        step.set("item", Value::integer(event.item));
        step.set("phase", Value::string(wordOf(event.phase)));
        if (!event.note.empty())
            step.set("note", Value::string(arena, event.note));
        if (event.error)
            step.set("error", Value::string(arena, event.error->text()));
        if (event.input)
            step.set("input", copyInto(arena, event.input->root()));
        ArrayBuilder outputs(arena);
        for (std::size_t at = 0; at < event.outputs.size(); ++at) {
            ObjectBuilder output(arena);
            output.set("exit", Value::string(arena, at < event.exits.size() ? event.exits[at] : ""));
            output.set("message", copyInto(arena, event.outputs[at]->root()));
            outputs.add(output.finish());
        }
        step.set("outputs", outputs.finish());
        steps.add(step.finish());
    }
    ArrayBuilder differences(arena);
    for (const std::string &difference : told.differences)
        differences.add(Value::string(arena, difference));
    ObjectBuilder object(arena);
    object.set("run", Value::integer(told.rehearsed.run));
    object.set("event", Value::string(arena, told.rehearsed.eventId));
    object.set("version", Value::string(arena, told.recorded.row.flowVersion));
    object.set("as_recorded", Value::boolean(told.differences.empty()));
    object.set("differences", differences.finish());
    object.set("steps", steps.finish());
    return object.finish();
}

void showRerun(Output &out, const Masker *masker, const Stage::Rerun &told)
{
    Arena arena;
    const Value plain = toValue(arena, told);
    const Value shown = masker ? masker->masked(arena, plain) : plain;
    if (out.isJson())
        return out.json(shown);
    out.line(out.bold(told.differences.empty() ? "As recorded." : "Not as recorded.")
             + " Run " + std::to_string(told.rehearsed.run) + ", event " + told.rehearsed.eventId
             + ". Nothing was sent.");
    out.line("On version " + told.recorded.row.flowVersion + " of " + told.recorded.row.flow
             + ", with which it ran then; `tidewire runs shadow` tries the flow as it is now.");
    for (const std::string &difference : told.differences)
        out.line(out.red("  " + difference));
    for (const Value &step : shown.get("steps").items()) {
        const auto part = [&step](const char *name) {
            const Value value = step.get(name);
            return value.isString() ? ": " + std::string(value.text()) : std::string();
        };
        out.line("");
        out.line(out.bold(step.get("step").text()) + ' ' + std::string(step.get("phase").text())
                 + part("note") + part("error"));
        for (const Value &output : step.get("outputs").items())
            out.line(toJson(output.get("message"), JsonStyle::Pretty));
    }
}

bool endsWell(const ops::RehearsedRun &run)
{
    return run.outcome == RunOutcome::Done
        && std::all_of(run.effects.begin(), run.effects.end(),
                       [](const ops::RehearsedEffect &effect) { return effect.objections.empty(); });
}

void showPreview(Output &out, const Masker *masker, const ops::RehearsedRun &run)
{
    Arena arena;
    ArrayBuilder effects(arena);
    for (const ops::RehearsedEffect &effect : run.effects) {
        ObjectBuilder one(arena);
        one.set("step", Value::string(arena, effect.step));
        one.set("record", Value::string(arena, effect.name()));
        one.set("would_send", copyInto(arena, effect.sent->root()));
        ArrayBuilder refused(arena);
        for (const Error &objection : effect.objections)
            refused.add(Value::string(arena, objection.text()));
        one.set("would_be_refused", refused.finish());
        effects.add(one.finish());
    }
    ArrayBuilder errors(arena);
    for (const DeadLetter &letter : run.letters)
        errors.add(Value::string(arena, letter.error.text()));
    ObjectBuilder answer(arena);
    answer.set("ends_well", Value::boolean(endsWell(run)));
    answer.set("effects", effects.finish());
    const Value all = errors.finish();
    if (all.size() > 0)
        answer.set("error", all.items().front());
    answer.set("errors", all);
    const Value plain = answer.finish();
    const Value shown = masker ? masker->masked(arena, plain) : plain;
    if (out.isJson())
        return out.json(shown);
    out.line(out.bold("Nothing was sent.") + " It would send "
             + std::to_string(run.effects.size()) + (run.effects.size() == 1 ? " record:" : " records:"));
    for (const Value &effect : shown.get("effects").items()) {
        out.line(out.bold(effect.get("step").text()) + ' ' + std::string(effect.get("record").text()));
        out.line(toJson(effect.get("would_send"), JsonStyle::Pretty));
        for (const Value &refused : effect.get("would_be_refused").items())
            out.line(out.red("Would be refused: " + std::string(refused.text())));
    }
    for (const Value &error : shown.get("errors").items())
        out.line(out.red(error.text()));
}

/// One use of the stage, with what it needs.
class StageSession
{
public:
    StageSession(const StageOptions &options, const Registry &registry)
        : m_options(options), m_registry(registry), m_out(options.json),
          m_sink(m_clock, {options.log == "json" ? log::Form::Json : log::Form::Text,
                           options.log.empty() ? log::Level::Error : log::Level::Info, {}, true})
    {}

    int exec()
    {
        auto project = Project::open(m_options.project);
        if (!project)
            return failed(project.error());
        m_project = std::move(*project);
        if (m_options.masked)
            m_masker.emplace(m_project->privacy());
        const std::string dataDir = folderName(m_options.dataDir);
        m_secrets.emplace(SecretChain::ofProject(m_project->folder(), dataDir, &m_keychain,
                                                 askPassphrase));
        KeyPlaces keys;
        keys.passphrase = askPassphrase;
        keys.keychain = &m_keychain;
        auto stage = Stage::open({dataDir, *m_project, m_options.environment, keys},
                                 m_registry, m_clock, *m_secrets);
        if (!stage)
            return failed(stage.error());
        m_stage = std::move(*stage);
        if (m_options.letter > 0)
            preview();
        else
            m_options.run > 0 ? rerun() : shadow();
        const int code = QCoreApplication::exec();
        m_stage.reset();
        return code;
    }

private:
    int failed(const Error &error)
    {
        m_out.message(error.text());
        return error.kind == ErrorKind::Transient ? kCouldNot : kNotRight;
    }

    const Masker *masker() const { return m_masker ? &*m_masker : nullptr; }

    void rerun()
    {
        m_stage->rerun(m_options.run, [this](const Result<Stage::Rerun> &told) {
            if (!told)
                return QCoreApplication::exit(failed(told.error()));
            showRerun(m_out, masker(), *told);
            QCoreApplication::exit(told->differences.empty() ? kDone : kNotRight);
        });
    }

    void preview()
    {
        m_stage->preview(m_options.letter, [this](const Result<ops::RehearsedRun> &run) {
            if (!run)
                return QCoreApplication::exit(failed(run.error()));
            showPreview(m_out, masker(), *run);
            QCoreApplication::exit(endsWell(*run) ? kDone : kNotRight);
        });
    }

    void shadow()
    {
        RunQuery query;
        query.flow = m_options.flow;
        if (query.flow.empty() && m_project->flows().size() == 1)
            query.flow = m_project->flows().front()->flow().id;
        query.limit = m_options.limit;
        m_stage->shadow(query, [this](const Result<ops::ShadowReport> &report) {
            if (!report)
                return QCoreApplication::exit(failed(report.error()));
            showShadow(m_out, masker(), *report);
            if (report->events == 0)
                m_out.message("Nothing was compared: no run of this flow has ended with its event still "
                              "kept.");
            const bool isSame = report->isSame() && report->events > 0;
            QCoreApplication::exit(m_options.expectSame && !isSame ? kNotRight : kDone);
        });
    }

    const StageOptions &m_options;
    const Registry &m_registry;
    Output m_out;
    SystemClock m_clock;
    log::Sink m_sink; ///< A rehearsal must not look like the real thing in any log.
    SystemKeychain m_keychain;
    std::unique_ptr<Project> m_project;
    std::optional<Masker> m_masker;
    std::optional<SecretChain> m_secrets;
    std::unique_ptr<Stage> m_stage;
};

void addCommon(CLI::App &command, const std::shared_ptr<StageOptions> &options,
               Invocation &invocation)
{
    command.add_option("--data-dir", options->dataDir, "The data folder of the runner")
        ->required()->envname("TIDEWIRE_DATA_DIR");
    command.add_option("--env", options->environment, "Environment, for settings of connections")
        ->capture_default_str();
    command.add_flag("--json", options->json, "One JSON document");
    command.add_flag("--masked", options->masked,
                     "Mask names, addresses and card numbers: for whoever may not see them");
    command.add_option("--log", options->log,
                       "What the steps log (standard error) as json or text; without it, errors alone")
        ->check(CLI::IsMember({"json", "text"}));
    command.callback([options, &invocation] {
        invocation.command = [options, &invocation] {
            return StageSession(*options, invocation.registry).exec();
        };
    });
}

} // namespace

void addStageCommands(CLI::App &app, Invocation &invocation)
{
    CLI::App *runs = app.get_subcommand("runs");
    auto again = std::make_shared<StageOptions>();
    CLI::App *rerun = runs->add_subcommand(
        "rerun", "Go through a recorded run again, on the version it ran on, without sending anything");
    rerun->add_option("RUN", again->run, "Number of the run")->required()->check(CLI::PositiveNumber);
    rerun->add_option("--project", again->project, "Project folder or flow file: its connections")
        ->capture_default_str();
    rerun->footer("Exit code 1 when it would not go as recorded.\nExample:\n"
                  "  tidewire runs rerun 12 --project my-project --data-dir data");
    addCommon(*rerun, again, invocation);

    auto letter = std::make_shared<StageOptions>();
    CLI::App *preview = app.get_subcommand("dead-letters")
                            ->add_subcommand("preview", "What sending a letter again would send; "
                                                        "sends nothing");
    preview->add_option("ID", letter->letter, "Number of the letter")
        ->required()->check(CLI::PositiveNumber);
    preview->add_option("--project", letter->project, "Project folder or flow file, as it is now")
        ->capture_default_str();
    preview->footer("Exit code 1 when the other side is known to refuse it.\nExample:\n  tidewire dead-letters preview 3 --project my-project --data-dir data");
    addCommon(*preview, letter, invocation);

    auto other = std::make_shared<StageOptions>();
    CLI::App *shadow = runs->add_subcommand(
        "shadow", "What the project's flow would have done with recorded events; sends nothing");
    shadow->add_option("PATH", other->project, "Project folder or flow file")->required();
    shadow->add_option("--flow", other->flow, "Id of the flow, where the project has several");
    shadow->add_option("--limit", other->limit, "The newest so many runs that can be told again")
        ->capture_default_str()->check(CLI::Range(1, 100000));
    shadow->add_flag("--expect-same", other->expectSame, "Exit code 1 when a record would differ, or nothing was compared");
    shadow->footer("Example:\n  tidewire runs shadow my-project --data-dir data --limit 500");
    addCommon(*shadow, other, invocation);
}

} // namespace tw::runner
