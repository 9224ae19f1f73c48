// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <CLI/CLI.hpp>
#include <functional>
#include <string>

namespace tw {
class Registry;
}

namespace tw::runner {

/// What the command line asked for: filled by the chosen subcommand, run after parsing.
struct Invocation
{
    const Registry &registry;
    std::function<int()> command;
};

/// Each adds one subcommand with its options and an example. Options live in shared state that the
/// command owns; nothing runs before Invocation::command is called.
void addEvalCommand(CLI::App &app, Invocation &invocation);
void addValidateCommand(CLI::App &app, Invocation &invocation);
void addRunCommand(CLI::App &app, Invocation &invocation);
void addSandboxCommand(CLI::App &app, Invocation &invocation);
void addWebhookCommand(CLI::App &app, Invocation &invocation);
/// `webhook plan`, `webhook apply`, `webhook forward`; after addWebhookCommand().
void addEndpointCommands(CLI::App &app, Invocation &invocation);
void addExplainCommand(CLI::App &app, Invocation &invocation);
void addFunctionsCommand(CLI::App &app, Invocation &invocation);
void addNodesCommand(CLI::App &app, Invocation &invocation);
void addJournalCommand(CLI::App &app, Invocation &invocation);
void addMapCommand(CLI::App &app, Invocation &invocation);
void addSchemaCommand(CLI::App &app, Invocation &invocation);
/// `schema import-stripe`; after addSchemaCommand().
void addImportCommand(CLI::App &app, Invocation &invocation);
void addRunsCommand(CLI::App &app, Invocation &invocation);
void addDeadLettersCommand(CLI::App &app, Invocation &invocation);
void addConnectionsCommand(CLI::App &app, Invocation &invocation);
void addReviewsCommand(CLI::App &app, Invocation &invocation);
/// `runs rerun`, `runs shadow`, `dead-letters preview`; after the commands of these groups.
void addStageCommands(CLI::App &app, Invocation &invocation);
void addAuditCommand(CLI::App &app, Invocation &invocation); ///< And `erase`.
/// `connections test`; after the commands of that group.
void addTrialCommand(CLI::App &app, Invocation &invocation);
void addSecretsCommand(CLI::App &app, Invocation &invocation);

/// Parses, runs, gives the exit code. Needs a QCoreApplication.
int runCommandLine(int argc, char **argv, const Registry &registry);

} // namespace tw::runner
