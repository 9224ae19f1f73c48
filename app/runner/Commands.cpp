// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"

#include "app/runner/Output.h"
#include "core/flow/Findings.h"

#include <algorithm>

namespace tw::runner {
namespace {

/// Follows the words of the command line to the first that is no command where one must be; empty: there
/// is none. (The parser would say that a subcommand is missing.)
std::string unknownCommand(CLI::App &app, int argc, char **argv)
{
    CLI::App *group = &app;
    for (int at = 1; at < argc; ++at) {
        const std::string word(argv[at]);
        if (word.starts_with('-') || group->get_require_subcommand_min() == 0)
            return {};
        const auto commands = group->get_subcommands([](const CLI::App *) { return true; });
        const auto next = std::find_if(commands.begin(), commands.end(), [&word](const CLI::App *one) {
            return one->get_name() == word;
        });
        if (next != commands.end()) {
            group = *next;
            continue;
        }
        std::vector<std::string> known;
        std::string list;
        for (const CLI::App *command : commands) {
            known.push_back(command->get_name());
            list += (list.empty() ? "" : ", ") + command->get_name();
        }
        const bool isWhole = group == &app;
        return "There is no command \"" + word + "\"" + (isWhole ? "" : " of \"" + group->get_name() + '"')
            + ". " + didYouMean(word, known, "There are: " + list + '.');
    }
    return {};
}

} // namespace

int runCommandLine(int argc, char **argv, const Registry &registry)
{
    CLI::App app{"Tidewire runs, checks and tries integration flows between Stripe, Salesforce and "
                 "their neighbours.",
                 "tidewire"};
    app.set_version_flag("--version", std::string("tidewire ") + TIDEWIRE_VERSION);
    app.set_help_flag("-h,--help", "Show this help and exit");
    app.require_subcommand(1);
    app.footer("Exit codes: 0 done, 1 the thing checked is not right, 2 wrong use, 3 could not do "
               "it.\nExample:\n  tidewire run flows/stripe-charge-to-payment --demo 10");

    Invocation invocation{registry, {}};
    addRunCommand(app, invocation);
    addRunsCommand(app, invocation);
    addDeadLettersCommand(app, invocation);
    addStageCommands(app, invocation);
    addReviewsCommand(app, invocation);
    addConnectionsCommand(app, invocation);
    addTrialCommand(app, invocation);
    addAuditCommand(app, invocation);
    addValidateCommand(app, invocation);
    addEvalCommand(app, invocation);
    addExplainCommand(app, invocation);
    addMapCommand(app, invocation);
    addWebhookCommand(app, invocation);
    addEndpointCommands(app, invocation);
    addSandboxCommand(app, invocation);
    addSecretsCommand(app, invocation);
    addNodesCommand(app, invocation);
    addJournalCommand(app, invocation);
    addFunctionsCommand(app, invocation);
    addSchemaCommand(app, invocation);
    addImportCommand(app, invocation);
    if (const std::string unknown = unknownCommand(app, argc, argv); !unknown.empty()) {
        Output(false).message(unknown);
        return kWrongUse;
    }
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? kDone : kWrongUse;
    }
    return invocation.command();
}

} // namespace tw::runner
