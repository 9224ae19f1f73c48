// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Output.h"
#include "core/connectors/stripe/Descriptor.h"
#include "core/connectors/stripe/facts/CatalogueChanges.h"
#include "core/data/Json.h"
#include "core/flow/FileText.h"
#include "core/flow/Project.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

namespace tw::runner {
namespace {

namespace fs = std::filesystem;

constexpr std::uintmax_t kLargestSpec = 48u << 20;
constexpr std::size_t kLargestCatalogue = 4u << 20; // What projects read.
constexpr std::size_t kShown = 40;

struct ImportOptions
{
    std::string file;
    std::string project = ".";
    bool dryRun = false;
    bool older = false;
    bool all = false;
    bool json = false;
};

/// One `tidewire schema import-stripe`: reads, compares, writes what is new, and looks at the
/// flows.
class Import
{
public:
    Import(const ImportOptions &options, const Registry &registry)
        : m_options(options), m_registry(registry), m_out(options.json)
    {}

    int run()
    {
        auto project = Project::open(m_options.project);
        if (!project)
            return failed(project.error());
        if ((*project)->isSingleFlow())
            return failed(
                configError("runner.no_folder", "A catalogue belongs to a project folder; " +
                                                    m_options.project + " is a single flow."));
        auto spec = read();
        if (!spec)
            return failed(spec.error());
        auto catalogue = stripe::catalogueFromSpec(*spec);
        if (!catalogue)
            return failed(placed(std::move(catalogue).error()));
        const fs::path target = fs::path((*project)->folder()) / stripe::kCatalogueFile;
        const std::string text = catalogue->text() + '\n';
        if (text.size() > kLargestCatalogue)
            return failed(rejectedError("stripe.not_a_spec",
                                        "It describes more than a project can keep: its "
                                        "catalogue would have over 4 MiB."));
        const Before before = known(target);
        m_changes = stripe::CatalogueChanges::between(*before.catalogue, *catalogue);
        if (stripe::isOlderVersion(m_changes.now, m_changes.before) && !m_options.older)
            return failed(
                rejectedError("runner.older_spec", "The file is of " + m_changes.now +
                                                       ", which is older than " + m_changes.before +
                                                       ". With --older it is taken all the same."));
        m_file = target.string();
        const bool isNew = before.text != text;
        if (isNew && !m_options.dryRun) {
            if (auto written = write(target, text, **project); !written)
                return failed(written.error());
            m_written = true;
        }
        show(before, isNew);
        return kDone;
    }

private:
    struct Before
    {
        stripe::CataloguePtr catalogue = stripe::builtInCatalogue();
        std::string text;      ///< Of the project's file; empty: there is none.
        bool isProgram = true; ///< Its own is what the new one is compared with.
        bool isUnreadable = false;
    };

    int failed(const Error &error)
    {
        m_out.message(error.text());
        return error.kind == ErrorKind::Transient ? kCouldNot : kNotRight;
    }

    Error placed(Error error) const
    {
        const std::string place = m_options.file + (error.where.empty() ? "" : ':' + error.where);
        error.where.clear();
        return std::move(error).at(place);
    }

    Result<std::string> read() const
    {
        std::error_code failure;
        const auto size = m_options.file == "-" ? 0 : fs::file_size(m_options.file, failure);
        if (!failure && size > kLargestSpec)
            return placed(rejectedError("stripe.not_a_spec",
                                        "It has over 48 MiB; Stripe's own has some eight."));
        return readInput(m_options.file);
    }

    static Before known(const fs::path &file)
    {
        Before before;
        std::error_code failure;
        if (!fs::exists(file, failure))
            return before;
        auto text = readTextFile(file.string());
        auto read = text ? stripe::ApiCatalogue::fromText(*text)
                         : Result<stripe::ApiCatalogue>(text.error());
        if (!read) {
            before.isUnreadable = true;
            return before;
        }
        before.text = std::move(*text);
        before.catalogue = std::make_shared<const stripe::ApiCatalogue>(std::move(*read));
        before.isProgram = false;
        return before;
    }

    Result<void> write(const fs::path &target, const std::string &text, const Project &project)
    {
        std::set<std::string> old;
        for (const Diagnostic &finding : project.validate(m_registry))
            old.insert(toText(finding));
        std::error_code failure;
        fs::create_directories(target.parent_path(), failure);
        if (failure)
            return transientError("runner.cannot_write", "Cannot make the folder " +
                                                             target.parent_path().string() + ": " +
                                                             failure.message() + '.');
        if (auto written = writeTextFile(target.string(), text); !written)
            return transientError("runner.cannot_write", written.error().message);
        for (const Diagnostic &finding : project.validate(m_registry)) {
            if (!old.contains(toText(finding)))
                m_findings.push_back(toText(finding));
        }
        return {};
    }

    void show(const Before &before, bool isNew)
    {
        if (m_options.json)
            return showJson(before);
        if (before.isUnreadable)
            m_out.message("What was in " + m_file + " could not be read.");
        m_out.line(
            out("Stripe's API ") + m_changes.now +
            (m_changes.now == m_changes.before ? ", as before" : ", before: " + m_changes.before) +
            (before.isProgram ? " (the program's own)" : ""));
        if (m_changes.isEmpty())
            m_out.line("No call and no field differs.");
        section("New calls", m_changes.newCalls);
        section("Calls that are gone", m_changes.goneCalls);
        section("New objects", m_changes.newObjects);
        section("Objects that are gone", m_changes.goneObjects);
        section("New fields", m_changes.newFields);
        section("Fields that are gone", m_changes.goneFields);
        section("Fields that changed", m_changes.changedFields);
        m_out.message(m_written ? "Written: " + m_file
                      : !isNew  ? "Nothing to do: " + m_file + " says so already."
                                : "Nothing is written (--dry-run).");
        if (m_written && m_changes.now != m_changes.before)
            m_out.message("Calls ask for " + m_changes.now +
                          " from now on, unless an environment names another api_version.");
        for (const std::string &finding : m_findings)
            m_out.message(finding);
    }

    std::string out(const std::string &text) const { return m_out.bold(text); }

    void section(const char *title, const std::vector<std::string> &lines)
    {
        if (lines.empty())
            return;
        m_out.line(m_out.bold(title) + ' ' + m_out.faint(std::to_string(lines.size())));
        const std::size_t shown = m_options.all ? lines.size() : std::min(lines.size(), kShown);
        for (std::size_t at = 0; at < shown; ++at)
            m_out.line("  " + lines[at]);
        if (shown < lines.size())
            m_out.line("  " + m_out.faint(std::to_string(lines.size() - shown) +
                                          " more; --all shows them"));
    }

    void showJson(const Before &before)
    {
        Arena arena;
        const auto list = [&arena](const std::vector<std::string> &lines) {
            ArrayBuilder array(arena);
            for (const std::string &line : lines)
                array.add(Value::string(arena, line));
            return array.finish();
        };
        ObjectBuilder answer(arena);
        answer.set("file", Value::string(arena, m_file));
        answer.set("written", Value::boolean(m_written));
        answer.set("version", Value::string(arena, m_changes.now));
        answer.set("version_before", Value::string(arena, m_changes.before));
        answer.set("compared_with", Value::string(before.isProgram ? "program" : "project"));
        answer.set("new_calls", list(m_changes.newCalls));
        answer.set("gone_calls", list(m_changes.goneCalls));
        answer.set("new_objects", list(m_changes.newObjects));
        answer.set("gone_objects", list(m_changes.goneObjects));
        answer.set("new_fields", list(m_changes.newFields));
        answer.set("gone_fields", list(m_changes.goneFields));
        answer.set("changed_fields", list(m_changes.changedFields));
        answer.set("new_findings", list(m_findings));
        m_out.json(answer.finish());
    }

    const ImportOptions &m_options;
    const Registry &m_registry;
    Output m_out;
    stripe::CatalogueChanges m_changes;
    std::vector<std::string> m_findings;
    std::string m_file;
    bool m_written = false;
};

} // namespace

void addImportCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<ImportOptions>();
    CLI::App *command = app.get_subcommand("schema")->add_subcommand(
        "import-stripe", "Let a project go by a newer description of Stripe's API");
    command->add_option("FILE", options->file, "Stripe's spec3.json; - reads standard input")
        ->required();
    command->add_option("--project", options->project, "Project folder")->capture_default_str();
    command->add_flag("--dry-run", options->dryRun, "Show the difference, write nothing");
    command->add_flag("--older", options->older, "Take a file of an older version, too");
    command->add_flag("--all", options->all, "Show every line of the difference");
    command->add_flag("--json", options->json, "One JSON document");
    command->footer(
        "Writes schemas/stripe-catalogue.json in the project: names, types and choices, "
        "no texts. Forms,\nchecks, the mapper and the steps of the project go by it.\n"
        "Example:\n  tidewire schema import-stripe spec3.json --project my-project");
    command->callback([options, &invocation] {
        invocation.command = [options, &invocation] {
            return Import(*options, invocation.registry).run();
        };
    });
}

} // namespace tw::runner
