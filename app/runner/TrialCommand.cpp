// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Output.h"
#include "app/runner/Prompt.h"
#include "core/flow/SecretSources.h"
#include "core/runtime/ConnectionTrial.h"
#include "core/vault/Keychain.h"

#include <QCoreApplication>
#include <memory>

namespace tw::runner {
namespace {

struct TrialOptions
{
    std::string project = ".";
    std::string environment = "local";
    std::string only;
    std::string dataDir;
    bool json = false;
};

const char *wordOf(ProbeFinding::Kind kind)
{
    switch (kind) {
    case ProbeFinding::Kind::Fact:
        return "fact";
    case ProbeFinding::Kind::Fine:
        return "fine";
    case ProbeFinding::Kind::Warning:
        return "warning";
    case ProbeFinding::Kind::Failed:
        break;
    }
    return "failed";
}

Value toValue(Arena &arena, const std::vector<ConnectionTrial::Tried> &all)
{
    ArrayBuilder list(arena);
    for (const auto &tried : all) {
        ArrayBuilder findings(arena);
        for (const ProbeFinding &finding : tried.findings) {
            ObjectBuilder one(arena);
            one.set("kind", Value::string(wordOf(finding.kind)));
            one.set("what", Value::string(arena, finding.what));
            one.set("text", Value::string(arena, finding.text));
            one.set("fix", Value::string(arena, finding.fix));
            findings.add(one.finish());
        }
        ObjectBuilder object(arena);
        object.set("name", Value::string(arena, tried.name));
        object.set("type", Value::string(arena, tried.type));
        object.set("double", Value::boolean(tried.isDouble));
        object.set("fine", Value::boolean(tried.isFine()));
        object.set("findings", findings.finish());
        list.add(object.finish());
    }
    return list.finish();
}

void show(Output &out, const std::vector<ConnectionTrial::Tried> &all)
{
    Arena arena;
    if (out.isJson())
        return out.json(toValue(arena, all));
    for (const auto &tried : all) {
        out.line(out.bold(tried.name) + ' ' + out.faint(tried.type)
                 + (tried.isDouble ? out.faint(", a double") : std::string()));
        if (tried.findings.empty())
            out.line("  nothing to try");
        for (const ProbeFinding &finding : tried.findings) {
            const std::string mark = finding.kind == ProbeFinding::Kind::Failed ? out.red("no  ")
                : finding.kind == ProbeFinding::Kind::Fine                      ? out.green("ok  ")
                : finding.kind == ProbeFinding::Kind::Warning                   ? "note "
                                                                                : "     ";
            out.line("  " + mark + finding.what + ": " + finding.text);
            if (!finding.fix.empty())
                out.line("        " + out.faint(finding.fix));
        }
    }
}

int tryConnections(const TrialOptions &options, const Registry &registry)
{
    Output out(options.json);
    const auto failed = [&out](const Error &error) {
        out.message(error.text());
        return error.kind == ErrorKind::Transient ? kCouldNot : kNotRight;
    };
    auto project = Project::open(options.project);
    if (!project)
        return failed(project.error());
    SystemKeychain keychain;
    const std::string dataDir = options.dataDir.empty() ? std::string() : folderName(options.dataDir);
    const SecretChain secrets
        = SecretChain::ofProject((*project)->folder(), dataDir, &keychain, askPassphrase);
    SystemClock clock;
    ConnectionTrial trial(**project, registry, clock, secrets);
    trial.start(options.environment, options.only,
                [&](const Result<std::vector<ConnectionTrial::Tried>> &all) {
                    if (!all)
                        return QCoreApplication::exit(failed(all.error()));
                    show(out, *all);
                    const bool fine = std::all_of(all->begin(), all->end(),
                                                  [](const auto &tried) { return tried.isFine(); });
                    QCoreApplication::exit(fine ? kDone : kNotRight);
                });
    return QCoreApplication::exec();
}

} // namespace

void addTrialCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<TrialOptions>();
    CLI::App *command = app.get_subcommand("connections")
                            ->add_subcommand("test", "Whether they sign in and may do what the flows "
                                                     "need; changes nothing");
    command->add_option("NAME", options->only, "Only this connection");
    command->add_option("--project", options->project, "Project folder or flow file")
        ->capture_default_str();
    command->add_option("--env", options->environment, "Environment")->capture_default_str();
    command->add_option("--data-dir", options->dataDir, "Data folder, for secrets that are kept there")
        ->envname("TIDEWIRE_DATA_DIR");
    command->add_flag("--json", options->json, "One JSON document");
    command->footer("Exit code 1 when something would not work.\nExample:\n"
                    "  tidewire connections test payments --project my-project --env sandbox");
    command->callback([options, &invocation] {
        invocation.command
            = [options, &invocation] { return tryConnections(*options, invocation.registry); };
    });
}

} // namespace tw::runner
