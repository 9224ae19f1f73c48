// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/DeskReport.h"
#include "app/runner/Files.h"
#include "app/runner/Prompt.h"
#include "core/data/Json.h"
#include "core/runtime/DeskDoor.h"
#include "core/runtime/PrivacyFile.h"
#include "core/vault/Keychain.h"
#include "core/vault/Masker.h"

#include <QCoreApplication>
#include <memory>

namespace tw::runner {
namespace {

constexpr std::int64_t kRunsWithoutYes = 10; ///< A script erases so many at most.

/// One command of the desk: what was given, to become the arguments of its action.
struct DeskOptions
{
    std::string action;
    std::string dataDir;
    std::string by;
    bool json = false;
    bool masked = false;
    std::map<std::string, std::string> texts;
    std::map<std::string, std::int64_t> numbers;
    std::map<std::string, bool> flags;
    std::map<std::string, std::string> files; ///< JSON read from a file or standard input.
    std::vector<std::string> words;
    std::string part; ///< Of the answer; empty: all of it.
    bool yes = false; ///< Nobody is asked.
};

Result<DocumentPtr> argumentsOf(const DeskOptions &options)
{
    Document document;
    Arena &arena = document.arena();
    ObjectBuilder object(arena);
    for (const auto &[name, text] : options.texts) {
        if (!text.empty())
            object.set(name, Value::string(arena, text));
    }
    for (const auto &[name, number] : options.numbers) {
        if (number > 0)
            object.set(name, Value::integer(number));
    }
    for (const auto &[name, flag] : options.flags) {
        if (flag)
            object.set(name, Value::boolean(true));
    }
    for (const auto &[name, file] : options.files) {
        if (file.empty())
            continue;
        auto text = readInput(file);
        if (!text)
            return std::move(text).error();
        auto value = parseJsonInto(arena, *text, {.doubledKeys = false});
        if (!value)
            return std::move(value).error().at(file);
        object.set(name, *value);
    }
    if (!options.words.empty()) {
        ArrayBuilder words(arena);
        for (const std::string &word : options.words)
            words.add(Value::string(arena, word));
        object.set("words", words.finish());
    }
    document.setRoot(object.finish());
    return share(std::move(document));
}

int exitCodeOf(const Error &error)
{
    if (error.code == "ops.bad_argument")
        return kWrongUse;
    if (error.code.starts_with("data."))
        return kNotRight; // A file that is no JSON.
    return error.kind == ErrorKind::Rejected ? kNotRight : kCouldNot;
}

/// What was done only in part is told beside the answer.
int judge(Output &out, const Value &answer)
{
    const std::span<const Value> things = answer.isArray() ? answer.items() : std::span(&answer, 1);
    for (const Value &thing : things) {
        if (thing.get("note").isString() && !out.isJson())
            out.message(thing.get("note").text());
    }
    const Value damaged = answer.get("damaged");
    if (damaged.isBool() && damaged.asBool())
        return kNotRight;
    const Value outcome = answer.get("outcome");
    if (outcome.isString() && outcome.text() == "nothing_found")
        return kNotRight;
    if (outcome.isString() && outcome.text() == "open_runs_left") {
        out.message("Not complete: runs that hold the person have not ended. Erase again when they have.");
        return kNotRight;
    }
    if (!outcome.isString() || outcome.text() != "copies_left")
        return kDone;
    std::string names;
    for (const Value &name : answer.find("copies.left").items())
        names += "\n  " + std::string(name.text());
    out.message("Not complete: these copies cannot be read and may hold the person:" + names
                + "\nErase again with --with-copies to delete them.");
    return kNotRight;
}

/// As it was corrected, if it was.
Value partOf(const Value &answer, const std::string &part)
{
    const Value edited = answer.get("edited_" + part);
    return edited.isUndefined() ? answer.get(part) : edited;
}

/// Waits for the answer of the desk.
Result<DocumentPtr> callNow(DeskDoor &door, const DeskOptions &options, const DocumentPtr &arguments)
{
    Result<DocumentPtr> got = Error{};
    door.call({options.action, arguments, options.by, {}}, [&got](const Result<DocumentPtr> &answer) {
        got = answer;
        QCoreApplication::quit();
    });
    QCoreApplication::exec();
    return got;
}

DocumentPtr asDryRun(const DocumentPtr &arguments)
{
    Document document;
    ObjectBuilder object(document.arena());
    for (const Member &member : arguments->root().members())
        object.set(member.key.text(), copyInto(document.arena(), member.value));
    object.set("dry_run", Value::boolean(true));
    document.setRoot(object.finish());
    return share(std::move(document));
}

/// What is erased does not come back: a person at a terminal is asked, a script has to say --yes when more
/// than a few runs go. Nothing: go on; else the exit code.
std::optional<int> askBeforeErasing(Output &out, DeskDoor &door, const DeskOptions &options,
                                    const DocumentPtr &arguments)
{
    const auto would = callNow(door, options, asDryRun(arguments));
    if (!would) {
        out.message(would.error().text());
        return exitCodeOf(would.error());
    }
    const Value root = (*would)->root();
    const auto number = [&root](const char *name) { return root.get(name).toInt().value_or(0); };
    const auto runs = number("runs");
    const std::string what = std::to_string(runs) + " runs, " + std::to_string(number("dead_letters"))
        + " dead letters, " + std::to_string(number("reviews")) + " reviews, "
        + std::to_string(root.find("copies.rewritten").size()) + " copies";
    const bool nothing = root.get("note").isString();
    if (inputIsTerminal() && !nothing) {
        const auto answer = ask("This empties " + what + ". It cannot be undone. Go on? [y/N] ");
        if (answer && (*answer == "y" || *answer == "Y" || *answer == "yes"))
            return std::nullopt;
        out.message("Nothing was erased.");
        return kNotRight;
    }
    if (runs <= kRunsWithoutYes)
        return std::nullopt;
    out.message("This would empty " + what + ", and nothing was done. If all of them are meant, say --yes; "
                "--dry-run shows what would go.");
    return kWrongUse;
}

int performCommand(const DeskOptions &options, const Registry &registry)
{
    Output out(options.json);
    auto arguments = argumentsOf(options);
    if (!arguments) {
        out.message(arguments.error().text());
        return exitCodeOf(arguments.error());
    }
    const std::string dataDir = folderName(options.dataDir);
    const auto rules =
        options.masked ? privacy_file::read(dataDir + "/privacy.json") : Result(PrivacyRules());
    if (!rules) {
        out.message(rules.error().text());
        return kCouldNot;
    }
    const Masker masker(*rules);
    SystemClock clock;
    SystemKeychain keychain;
    KeyPlaces places;
    places.passphrase = askPassphrase;
    places.keychain = &keychain;
    DeskDoor door(dataDir, clock, places, &registry);
    const bool dryRun = options.flags.contains("dry_run") && options.flags.at("dry_run");
    if (options.action == "erase" && !options.yes && !dryRun) {
        if (const auto refused = askBeforeErasing(out, door, options, *arguments))
            return *refused;
    }
    const auto answer = callNow(door, options, *arguments);
    if (!answer) {
        out.message(answer.error().text());
        return exitCodeOf(answer.error());
    }
    Arena arena;
    const Value root = (*answer)->root();
    const Value shown = options.masked ? masker.masked(arena, root) : root;
    const bool isDamaged = root.get("damaged").isBool();
    if (options.part.empty())
        showDesk(out, options.action, shown);
    else if (!isDamaged) // What may be wrong is not handed on as if it were right.
        out.line(toJson(partOf(shown, options.part), JsonStyle::Pretty));
    return judge(out, root);
}

/// Declares the commands of one group ("runs list", "runs show", …).
class DeskGroup
{
public:
    DeskGroup(CLI::App &app, Invocation &invocation, const char *name, const char *help)
        : m_group(app.add_subcommand(name, help)), m_invocation(invocation)
    {
        m_group->require_subcommand(1);
    }

    /// The next declarations belong to this command.
    DeskGroup &command(const char *name, const char *action, const char *help, const char *example)
    {
        if (!m_command)
            m_group->footer(std::string("Example:\n  ") + example);
        m_command = m_group->add_subcommand(name, help);
        return begin(action, example);
    }
    /// The group itself is the command.
    static DeskGroup alone(CLI::App &app, Invocation &invocation, const char *name,
                           const char *action, const char *help, const char *example)
    {
        DeskGroup group(app, invocation, name, help);
        group.m_group->require_subcommand(0);
        group.m_command = group.m_group;
        group.begin(action, example);
        return group;
    }
    DeskGroup &number(const char *name, const char *option, const char *help, bool required = true)
    {
        auto *added = m_command->add_option(option, m_options->numbers[name], help);
        added->required(required)->check(CLI::PositiveNumber);
        return *this;
    }
    DeskGroup &text(const char *name, const char *option, const char *help, bool required = false)
    {
        m_command->add_option(option, m_options->texts[name], help)->required(required);
        return *this;
    }
    DeskGroup &flag(const char *name, const char *option, const char *help)
    {
        m_command->add_flag(option, m_options->flags[name], help);
        return *this;
    }
    DeskGroup &yes(const char *help)
    {
        m_command->add_flag("--yes", m_options->yes, help);
        return *this;
    }
    /// Shows one member of the answer in place of all.
    DeskGroup &part(const char *name, const char *option, const char *help)
    {
        m_command->add_flag_callback(
            option, [options = m_options, name] { options->part = name; }, help);
        return *this;
    }
    DeskGroup &file(const char *name, const char *option, const char *help)
    {
        m_command->add_option(option, m_options->files[name], help);
        return *this;
    }
    DeskGroup &words(const char *option, const char *help)
    {
        m_command->add_option(option, m_options->words, help)->required();
        return *this;
    }

private:
    DeskGroup &begin(const char *action, const char *example)
    {
        m_options = std::make_shared<DeskOptions>();
        m_options->action = action;
        m_options->by = userName();
        m_command->add_option("--data-dir", m_options->dataDir, "The data folder of the runner")
            ->required()->envname("TIDEWIRE_DATA_DIR");
        m_command->add_option("--by", m_options->by, "Who decides; for the audit log")
            ->capture_default_str();
        m_command->add_flag("--json", m_options->json, "One JSON document");
        m_command->add_flag("--masked", m_options->masked,
                            "Mask names, addresses and card numbers: for whoever may not see them");
        m_command->footer(std::string("Example:\n  ") + example);
        m_command->callback([options = m_options, &invocation = m_invocation] {
            invocation.command = [options, &invocation] {
                return performCommand(*options, invocation.registry);
            };
        });
        return *this;
    }

    CLI::App *m_group;
    CLI::App *m_command = nullptr;
    Invocation &m_invocation;
    std::shared_ptr<DeskOptions> m_options;
};

} // namespace

void addRunsCommand(CLI::App &app, Invocation &invocation)
{
    DeskGroup group(app, invocation, "runs", "What a runner did: list, show, replay");
    group.command("list", "runs.list", "Runs, newest first",
                  "tidewire runs list --data-dir data --id ch_3PxQ")
        .text("id", "--id", "A business id, event id or key, or how one begins")
        .text("flow", "--flow", "Of this flow")
        .text("state", "--state", "open, done, failed, dead_lettered or cancelled")
        .text("step", "--step", "With a record at this step")
        .text("from", "--from", "Received since (2026-11-30T18:00:00Z)")
        .text("to", "--to", "Received until")
        .number("limit", "--limit", "At most so many (100)", false)
        .number("before", "--before", "Only runs with a smaller number", false);
    group.command("show", "runs.show", "One run: its event, steps, letters and reviews",
                  "tidewire runs show 12 --data-dir data")
        .number("run", "RUN", "Number of the run");
    group.command("replay", "runs.replay", "Run an event once more, with the keys of its effects",
                  "tidewire runs replay 12 --data-dir data")
        .number("run", "RUN", "Number of the run")
        .text("version", "--version", "On this version, or the one that begins so (1.1.0); without, its own")
        .flag("as_new", "--as-new", "Let its effects happen anew, whatever happened before");
    group.command("cancel", "runs.cancel", "End a run that waits, is parked or is retried",
                  "tidewire runs cancel 12 --reason 'a test charge' --data-dir data")
        .number("run", "RUN", "Number of the run")
        .text("reason", "--reason", "Why", true)
        .flag("in_doubt", "--in-doubt", "Also while nobody knows whether a call took effect");
}

void addDeadLettersCommand(CLI::App &app, Invocation &invocation)
{
    DeskGroup group(app, invocation, "dead-letters",
                    "Records that were put aside: list, show, edit, replay, discard");
    group.command("list", "letters.list", "Dead letters, newest first",
                  "tidewire dead-letters list --data-dir data --status open")
        .text("status", "--status", "open, replayed, resolved or discarded")
        .text("flow", "--flow", "Of this flow")
        .text("cause", "--cause", "Of this cause: its id, or how it begins")
        .text("owner", "--owner", "Of this owner")
        .text("due_before", "--due-before", "Due by this time")
        .number("limit", "--limit", "At most so many (100)", false)
        .number("before", "--before", "Only letters with a smaller number", false);
    group.command("groups", "letters.groups", "Open letters by cause",
                  "tidewire dead-letters groups --data-dir data")
        .text("flow", "--flow", "Of this flow");
    group.command("show", "letters.show", "One letter with its input and error",
                  "tidewire dead-letters show 3 --data-dir data")
        .number("id", "ID", "Number of the letter")
        .part("input", "--input", "Only its input as JSON: to correct it in an editor");
    group.command("edit", "letters.edit",
                  "Correct the input of a letter; the original stays beside it",
                  "tidewire dead-letters edit 3 --input corrected.json --data-dir data")
        .number("id", "ID", "Number of the letter")
        .file("input", "--input", "JSON file, or - for standard input; without it, the original")
        .flag("new_fields", "--new-fields", "It may have fields that the original has not")
        .flag("as_is", "--as-is", "Whatever the original and the step say of its fields");
    group.command("assign", "letters.assign", "Give a letter to somebody, or more time",
                  "tidewire dead-letters assign 3 --owner finance --due 4h --data-dir data")
        .number("id", "ID", "Number of the letter")
        .text("owner", "--owner", "Who looks after it")
        .text("due", "--due", "Until when: a time to come, or a span from now; then escalation begins anew");
    group.command("replay", "letters.replay",
                  "Send a letter again from the step where it failed, or all of a cause",
                  "tidewire dead-letters replay 3 --data-dir data")
        .number("id", "ID", "Number of the letter", false)
        .text("cause", "--cause", "All open letters of this cause")
        .text("version", "--version", "On this version, or the one that begins so (1.1.0); without, its own")
        .flag("as_new", "--as-new", "Let its effects happen anew, whatever happened before");
    group.command("discard", "letters.discard", "Decide that a letter shall not be sent",
                  "tidewire dead-letters discard 3 --reason 'a test charge' --data-dir data")
        .number("id", "ID", "Number of the letter", false)
        .text("cause", "--cause", "All open letters of this cause")
        .text("reason", "--reason", "Why", true);
}

void addReviewsCommand(CLI::App &app, Invocation &invocation)
{
    DeskGroup group(app, invocation, "reviews",
                    "Questions that wait for a person: list, show, approve, reject");
    group.command("list", "reviews.list", "Reviews, newest first",
                  "tidewire reviews list --data-dir data --status open")
        .text("status", "--status", "open, decided, timed_out or withdrawn")
        .text("flow", "--flow", "Of this flow")
        .text("owner", "--owner", "Of this owner")
        .text("due_before", "--due-before", "Due by this time")
        .number("limit", "--limit", "At most so many (100)", false)
        .number("before", "--before", "Only reviews with a smaller number", false);
    group.command("show", "reviews.show", "One review with its record, proposal and candidates",
                  "tidewire reviews show 2 --data-dir data")
        .number("id", "ID", "Number of the review");
    group.command("approve", "reviews.approve", "Agree with the proposal, or give another answer",
                  "tidewire reviews approve 2 --answer chosen.json --remember --data-dir data")
        .number("id", "ID", "Number of the review")
        .file("answer", "--answer", "JSON file with the answer, or - for standard input")
        .text("reason", "--reason", "Why")
        .flag("as_is", "--as-is", "An answer whose fields are not like those that were proposed")
        .flag("remember", "--remember", "Decide later questions of the same cause alike");
    group.command("reject", "reviews.reject", "Send the record out by Rejected",
                  "tidewire reviews reject 2 --reason 'not our customer' --data-dir data")
        .number("id", "ID", "Number of the review")
        .text("reason", "--reason", "Why")
        .flag("remember", "--remember", "Decide later questions of the same cause alike");
    group.command("assign", "reviews.assign", "Give a review to somebody, or more time",
                  "tidewire reviews assign 2 --owner sales --due 1d --data-dir data")
        .number("id", "ID", "Number of the review")
        .text("owner", "--owner", "Who is to answer")
        .text("due", "--due", "Until when: a time to come, or a span from now; then escalation begins anew");
    group.command("forget", "reviews.forget", "Ask again where a decision was remembered",
                  "tidewire reviews forget --flow f --step ask --cause ana@example.com --data-dir data")
        .text("flow", "--flow", "Of this flow", true)
        .text("step", "--step", "Of this step", true)
        .text("cause", "--cause", "What the decision was remembered by", true);
}

void addConnectionsCommand(CLI::App &app, Invocation &invocation)
{
    DeskGroup group(app, invocation, "connections",
                    "Connections: test them; of a running runner: list, pause, resume");
    group.command("list", "connections.list", "State, queue, limits and the day's allowance",
                  "tidewire connections list --data-dir data");
    group.command("pause", "connections.pause", "Hold back what would be sent; nothing is lost",
                  "tidewire connections pause crm --reason 'deployment' --data-dir data")
        .text("name", "NAME", "Name of the connection", true)
        .text("reason", "--reason", "Why", true);
    group.command("resume", "connections.resume", "Let what waited go, in its order",
                  "tidewire connections resume crm --data-dir data")
        .text("name", "NAME", "Name of the connection", true);
    group.command("coverage", "coverage.list",
                  "What came of each source: delivered, backfilled, missing, gaps",
                  "tidewire connections coverage --data-dir data")
        .text("flow", "--flow", "Only triggers of this flow");
}

void addAuditCommand(CLI::App &app, Invocation &invocation)
{
    DeskGroup group(app, invocation, "audit", "What people decided: list, verify");
    group.command("list", "audit.list", "Entries, oldest first",
                  "tidewire audit list --data-dir data")
        .number("after", "--after", "Only entries with a greater number", false)
        .number("limit", "--limit", "At most so many (1000)", false);
    group.command("verify", "audit.verify", "Whether nobody changed the log",
                  "tidewire audit verify --data-dir data");
    DeskGroup::alone(app, invocation, "erase", "erase",
                     "Take a person out of what a runner keeps; the audit log keeps the proof",
                     "tidewire erase ana@example.com cus_9 --reason 'request of 3 May' "
                     "--data-dir data")
        .words("WORD", "Ids or addresses of the person")
        .yes("Ask nobody; without a terminal needed where more than 10 runs go")
        .flag("dry_run", "--dry-run", "Change nothing: show what would go")
        .flag("with_copies", "--with-copies",
              "Delete backups and set-aside journals that cannot be read and may hold the person")
        .text("reason", "--reason", "Why", true);
}

} // namespace tw::runner
