// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"

#include "app/runner/Output.h"

namespace tw::runner {

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
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError &error) {
        return app.exit(error) == 0 ? kDone : kWrongUse;
    }
    return invocation.command();
}

} // namespace tw::runner
