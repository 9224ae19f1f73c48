// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Files.h"
#include "app/runner/Output.h"
#include "app/runner/Prompt.h"
#include "core/data/Value.h"
#include "core/flow/Project.h"
#include "core/schema/SecretRef.h"
#include "core/vault/KeyStore.h"
#include "core/vault/Keychain.h"
#include "core/vault/Sealer.h"
#include "core/vault/SecretsFile.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <memory>
#include <set>

namespace tw::runner {
namespace {

namespace fs = std::filesystem;

struct SecretsOptions
{
    std::string name;
    std::string project = ".";
    std::string dataDir;
    std::string in = "file";
    std::string protection = "machine";
    bool json = false;
};

const std::map<std::string, KeyProtection> kProtections{{"machine", KeyProtection::Machine},
                                                        {"passphrase", KeyProtection::Passphrase},
                                                        {"keychain", KeyProtection::Keychain}};

bool isSecretName(const std::string &name)
{
    const auto isWord = [](std::string_view word) {
        return !word.empty() && std::all_of(word.begin(), word.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                   c == '_' || c == '-';
        });
    };
    const std::size_t slash = name.find('/');
    return slash != std::string::npos && isWord(std::string_view(name).substr(0, slash)) &&
           isWord(std::string_view(name).substr(slash + 1));
}

/// One `tidewire secrets …`: answers with the exit code.
class SecretsSession
{
public:
    SecretsSession(const SecretsOptions &options, const Registry &registry)
        : m_options(options), m_registry(registry), m_out(options.json)
    {}

    int set()
    {
        if (!isSecretName(m_options.name))
            return wrongName();
        auto folder = folderOfSecrets();
        if (!folder)
            return failed(folder.error());
        if (auto known = isAskedFor(); !known)
            return failed(known.error());
        auto value = readValue();
        if (!value)
            return failed(value.error());
        if (value->isEmpty()) {
            m_out.message("The value is empty. Pipe it in, or type it on a terminal.");
            return kWrongUse;
        }
        auto stored = m_options.in == "keychain" ? m_keychain.store(m_options.name, *value)
                                                 : seal(*folder, *value);
        if (!stored)
            return failed(stored.error());
        return done("stored", m_options.in == "keychain" ? "the keychain" : path(*folder));
    }

    int list()
    {
        auto folder = folderOfSecrets();
        if (!folder)
            return failed(folder.error());
        auto file = SecretsFile::load(path(*folder));
        if (!file)
            return failed(file.error());
        if (m_options.json) {
            Arena arena;
            ArrayBuilder names(arena);
            for (const std::string &name : file->names())
                names.add(Value::string(arena, name));
            ObjectBuilder answer(arena);
            answer.set("file", Value::string(arena, path(*folder)));
            answer.set("secrets", names.finish());
            m_out.json(answer.finish());
            return kDone;
        }
        for (const std::string &name : file->names())
            m_out.line(name);
        if (file->names().empty())
            m_out.message("There are no secrets in " + path(*folder) + '.');
        return kDone;
    }

    int remove()
    {
        if (!isSecretName(m_options.name))
            return wrongName();
        auto folder = folderOfSecrets();
        if (!folder)
            return failed(folder.error());
        auto removed = m_options.in == "keychain" ? m_keychain.remove(m_options.name)
                                                  : removeFromFile(*folder);
        if (!removed)
            return failed(removed.error());
        const std::string where = m_options.in == "keychain" ? "the keychain" : path(*folder);
        if (!*removed) {
            m_out.message("There is no secret " + m_options.name + " in " + where + '.');
            return kNotRight;
        }
        return done("removed", where);
    }

private:
    static std::string path(const std::string &folder)
    {
        return folder + '/' + SecretsFile::kFileName;
    }

    int failed(const Error &error)
    {
        m_out.message(error.text());
        return error.kind == ErrorKind::Config ? kNotRight : kCouldNot;
    }

    int wrongName()
    {
        m_out.message("A secret is named CONNECTION/FIELD, for example stripe/api_key.");
        return kWrongUse;
    }

    int done(const char *what, const std::string &where)
    {
        if (m_options.json) {
            Arena arena;
            ObjectBuilder answer(arena);
            answer.set("secret", Value::string(arena, m_options.name));
            answer.set(what, Value::string(arena, where));
            m_out.json(answer.finish());
        } else {
            m_out.line(m_options.name + ' ' + what + (what[0] == 's' ? " in " : " from ") + where +
                       '.');
        }
        return kDone;
    }

    Result<std::string> folderOfSecrets() const
    {
        if (!m_options.dataDir.empty())
            return m_options.dataDir;
        fs::path folder(m_options.project);
        std::error_code failure;
        if (fs::is_regular_file(folder, failure))
            return folder.has_parent_path() ? folder.parent_path().string() : std::string(".");
        if (fs::is_regular_file(folder / "tidewire.yaml", failure))
            return folder.string();
        return configError("flow.no_project", folder.string() +
                                                  " is not a project. Name one with --project, or "
                                                  "a data folder with --data-dir.");
    }

    /// All secrets that the project asks for: those of its connections, and those that an environment
    /// names. Nothing where there is no project to ask.
    std::optional<std::set<std::string>> askedFor() const
    {
        std::error_code failure;
        const fs::path place(m_options.project);
        if (!fs::is_regular_file(place, failure) && !fs::is_regular_file(place / "tidewire.yaml", failure))
            return std::nullopt;
        const auto project = Project::open(m_options.project);
        if (!project)
            return std::nullopt;
        std::map<std::string, std::string> connections = (*project)->connections();
        for (const auto &flow : (*project)->flows())
            connections.insert(flow->flow().connections.begin(), flow->flow().connections.end());
        std::set<std::string> names;
        for (const auto &[name, type] : connections) {
            const ConnectorDescriptor *connector = m_registry.connector(type);
            if (!connector)
                return std::nullopt; // Nobody knows what it needs.
            for (const Param &param : connector->connection) {
                if (param.type() == Param::Type::Secret)
                    names.insert(name + '/' + param.id());
            }
        }
        for (const std::string &name : (*project)->environmentNames()) {
            const auto environment = (*project)->environment(name);
            if (!environment)
                return std::nullopt;
            for (const auto &[connection, settings] : environment->connections) {
                for (std::size_t at = 0; settings.with && at < settings.with->entries.size(); ++at) {
                    if (const auto named = parseSecretRef(settings.with->entries[at].value.scalar))
                        names.insert(named->connection + '/' + named->field);
                }
            }
        }
        return names;
    }

    /// A secret that nothing reads is a typing error.
    Result<void> isAskedFor() const
    {
        const auto names = askedFor();
        if (!names || names->contains(m_options.name))
            return {};
        std::string list;
        for (const std::string &name : *names)
            list += "\n  " + name;
        return configError("runner.unknown_secret",
                           "Nothing in this project asks for the secret " + m_options.name + '.'
                               + (list.empty() ? std::string(" It asks for none.") : " It asks for:" + list));
    }

    Result<Secret> readValue()
    {
        if (inputIsTerminal()) {
            auto typed = askSecretly("Value of " + m_options.name + " (not shown): ");
            return typed ? std::move(*typed) : Secret();
        }
        auto text = readInput("-");
        if (!text)
            return std::move(text).error();
        if (text->ends_with('\n')) // echo adds one
            text->pop_back();
        if (text->ends_with('\r'))
            text->pop_back();
        return Secret(std::move(*text));
    }

    Result<void> seal(const std::string &folder, const Secret &value)
    {
        auto file = SecretsFile::load(path(folder));
        if (!file)
            return std::move(file).error();
        KeyStore store({folder, {}, askPassphrase, &m_keychain});
        // A new key would open none of the secrets that are there.
        auto keys = file->names().empty()
                        ? store.openOrCreate(kProtections.at(m_options.protection))
                        : store.open();
        if (!keys)
            return std::move(keys).error();
        Sealer sealer(std::move(*keys), SecretsFile::kPurpose);
        file->set(m_options.name, value, sealer);
        return file->save();
    }

    Result<bool> removeFromFile(const std::string &folder)
    {
        auto file = SecretsFile::load(path(folder));
        if (!file)
            return std::move(file).error();
        if (!file->remove(m_options.name))
            return false;
        if (auto saved = file->save(); !saved)
            return std::move(saved).error();
        return true;
    }

    const SecretsOptions &m_options;
    const Registry &m_registry;
    Output m_out;
    SystemKeychain m_keychain;
};

using Action = int (SecretsSession::*)();

CLI::App *addAction(CLI::App &secrets, Invocation &invocation,
                    const std::shared_ptr<SecretsOptions> &options, const std::string &name,
                    const std::string &help, Action action)
{
    CLI::App *command = secrets.add_subcommand(name, help);
    command->add_option("--project", options->project, "Project folder or flow file")
        ->capture_default_str();
    command->add_option("--data-dir", options->dataDir,
                        "Use this data folder in place of the project");
    command->add_flag("--json", options->json, "The answer as JSON");
    command->callback([options, &invocation, action] {
        invocation.command = [options, action, &invocation] {
            return (SecretsSession(*options, invocation.registry).*action)();
        };
    });
    return command;
}

void addPlace(CLI::App &command, SecretsOptions &options)
{
    command.add_option("NAME", options.name, "CONNECTION/FIELD, for example stripe/api_key")
        ->required();
    command.add_option("--in", options.in, "file (sealed) or keychain")
        ->check(CLI::IsMember({"file", "keychain"}))
        ->capture_default_str();
}

} // namespace

void addSecretsCommand(CLI::App &app, Invocation &invocation)
{
    auto options = std::make_shared<SecretsOptions>();
    CLI::App *secrets = app.add_subcommand("secrets", "Keep the secrets of a project, sealed");
    secrets->require_subcommand(1);
    secrets->footer("Example:\n  tidewire secrets set stripe/api_key --project my-project");

    CLI::App *set = addAction(*secrets, invocation, options, "set",
                              "Store a secret; its value is typed or piped in, never an argument",
                              &SecretsSession::set);
    addPlace(*set, *options);
    set->add_option("--protect", options->protection,
                    "What protects a new key: machine, passphrase or keychain")
        ->check(CLI::IsMember({"machine", "passphrase", "keychain"}))
        ->capture_default_str();
    set->footer("Example:\n  tidewire secrets set stripe/api_key --project my-project\n"
                "  pass show stripe | tidewire secrets set stripe/api_key --in keychain");

    addAction(*secrets, invocation, options, "list", "Show the names of the sealed secrets",
              &SecretsSession::list)
        ->footer("Example:\n  tidewire secrets list --project my-project --json");

    CLI::App *remove = addAction(*secrets, invocation, options, "remove", "Remove a secret",
                                 &SecretsSession::remove);
    addPlace(*remove, *options);
    remove->footer("Example:\n  tidewire secrets remove stripe/api_key --project my-project");
}

} // namespace tw::runner
