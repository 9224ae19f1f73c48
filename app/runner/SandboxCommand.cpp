// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Output.h"
#include "app/runner/Signals.h"
#include "core/connector/Registry.h"
#include "core/sandbox/Double.h"

#include <QCoreApplication>
#include <QDir>
#include <algorithm>
#include <charconv>
#include <memory>

namespace tw::runner {
namespace {

struct SandboxOptions
{
    std::map<std::string, std::string> addresses; ///< Connector id -> ADDR:PORT.
    std::string dataDir;
    std::uint64_t seed = 1;
    bool json = false;
};

using Doubles = std::vector<std::unique_ptr<sandbox::Double>>;

Result<void> setAddress(sandbox::DoubleOptions &options, const std::string &text)
{
    const auto colon = text.rfind(':');
    const char *first = text.data() + colon + 1;
    const char *last = text.data() + text.size();
    if (colon == std::string::npos || std::from_chars(first, last, options.port).ptr != last
        || first == last) {
        return configError("runner.bad_address", "\"" + text + "\" is no ADDR:PORT, for example "
                                                 "127.0.0.1:12111.");
    }
    options.address = text.substr(0, colon);
    return {};
}

/// Without any address all doubles start; with some, only those named.
Result<Doubles> startAll(const SandboxOptions &options, const Registry &registry, Clock &clock)
{
    Doubles doubles;
    for (const ConnectorDescriptor &connector : registry.connectors()) {
        const auto address = options.addresses.find(connector.id);
        const bool named = address != options.addresses.end() && !address->second.empty();
        const bool anyNamed = std::any_of(options.addresses.begin(), options.addresses.end(),
                                          [](const auto &entry) { return !entry.second.empty(); });
        if (!connector.startDouble || (anyNamed && !named))
            continue;
        sandbox::DoubleOptions wanted{clock, "127.0.0.1", 0, options.seed, {}};
        if (!options.dataDir.empty()) {
            wanted.dataDir = options.dataDir + "/" + connector.id;
            QDir().mkpath(QString::fromStdString(wanted.dataDir));
        }
        if (named) {
            if (auto set = setAddress(wanted, address->second); !set)
                return std::move(set).error();
        }
        auto started = connector.startDouble(wanted);
        if (!started)
            return std::move(started).error();
        doubles.push_back(std::move(*started));
    }
    return doubles;
}

/// A double's secrets open nothing but the double, so they are shown: someone has to use them.
Value readyValue(Arena &arena, const Doubles &doubles)
{
    ObjectBuilder urls(arena);
    ObjectBuilder connections(arena);
    for (const auto &one : doubles) {
        urls.set(one->connector(), Value::string(arena, one->url()));
        ObjectBuilder settings(arena);
        for (const auto &[name, value] : one->connectionSettings())
            settings.set(name, Value::string(arena, value));
        for (const auto &[name, value] : one->connectionSecrets())
            settings.set(name, Value::string(arena, value.reveal()));
        connections.set(one->connector(), settings.finish());
    }
    ObjectBuilder ready(arena);
    ready.set("event", Value::string("ready"));
    ready.set("doubles", urls.finish());
    ready.set("connections", connections.finish());
    return ready.finish();
}

void showReady(Output &out, const Doubles &doubles)
{
    Arena arena;
    const Value ready = readyValue(arena, doubles);
    if (out.isJson()) {
        out.json(ready);
        return;
    }
    out.line(out.bold("Ready.") + " The doubles answer on this machine only. Ctrl+C ends them.");
    std::vector<std::vector<std::string>> rows;
    for (const Member &connection : ready.get("connections").members()) {
        for (const Member &setting : connection.value.members()) {
            rows.push_back({std::string(connection.key.text()), std::string(setting.key.text()),
                            std::string(setting.value.text())});
        }
    }
    out.line(table(rows));
}

int sandboxCommand(const SandboxOptions &options, const Registry &registry)
{
    Output out(options.json);
    SystemClock clock;
    auto doubles = startAll(options, registry, clock);
    if (!doubles) {
        out.message(doubles.error().text());
        return doubles.error().kind == ErrorKind::Config ? kWrongUse : kCouldNot;
    }
    const Signals stopper([] { QCoreApplication::exit(kDone); });
    showReady(out, *doubles);
    return QCoreApplication::exec();
}

} // namespace

void addSandboxCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<SandboxOptions>();
    CLI::App *command = app.add_subcommand("sandbox", "Run the doubles alone, over real HTTP");
    for (const ConnectorDescriptor &connector : invocation.registry.connectors()) {
        if (!connector.startDouble)
            continue;
        command->add_option("--" + connector.id, options->addresses[connector.id],
                            "ADDR:PORT of the " + connector.title + " double (port 0: any)");
    }
    command->add_option("--data-dir", options->dataDir, "Keeps what the doubles hold");
    command->add_option("--seed", options->seed, "The same seed makes the same objects")
        ->capture_default_str();
    command->add_flag("--json", options->json, "The ready line as JSON");
    command->footer("Example:\n  tidewire sandbox --stripe 127.0.0.1:12111 --salesforce "
                    "127.0.0.1:12112");
    command->callback([options, &invocation] {
        invocation.command = [options, &invocation] {
            return sandboxCommand(*options, invocation.registry);
        };
    });
}

} // namespace tw::runner
