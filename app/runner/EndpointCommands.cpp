// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Commands.h"
#include "app/runner/Output.h"
#include "app/runner/Prompt.h"
#include "app/runner/Signals.h"
#include "core/connectors/stripe/EndpointPlan.h"
#include "core/connectors/stripe/StripeConnection.h"
#include "core/connectors/stripe/StripeListen.h"
#include "core/connectors/stripe/TriggerSettings.h"
#include "core/flow/Project.h"
#include "core/flow/SecretSources.h"
#include "core/net/HttpClient.h"
#include "core/runtime/ConnectionResolver.h"
#include "core/vault/Keychain.h"
#include "core/vault/Sealer.h"
#include "core/vault/SecretsFile.h"

#include <QCoreApplication>
#include <algorithm>
#include <cstdlib>
#include <deque>
#include <memory>
#include <optional>

namespace tw::runner {
namespace {

constexpr const char *kSecretField = "webhook_secret";
constexpr const char *kReceiptField = "webhook_receipts";

struct EndpointOptions
{
    std::string project = ".";
    std::string environment = "local";
    std::string url;
    std::string flow;
    bool apply = false;
    bool json = false;
};

std::vector<std::string> wordsOf(std::string_view text)
{
    std::vector<std::string> words;
    while (!text.empty()) {
        const std::size_t comma = text.find(',');
        if (const auto word = text.substr(0, comma); !word.empty())
            words.emplace_back(word);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return words;
}

/// `more` before what is there already, each once.
std::string withWord(const std::string &more, std::string_view text)
{
    std::string all = more;
    for (const std::string &word : wordsOf(text)) {
        if (word != more)
            all += ',' + word;
    }
    return all;
}

/// One `tidewire webhook plan|apply`: the endpoints of all Stripe triggers of a project, one after
/// another.
class EndpointSession final : public QObject
{
public:
    EndpointSession(const EndpointOptions &options, const Registry &registry)
        : m_options(options), m_base(registry), m_out(options.json)
    {}

    int exec()
    {
        if (auto ready = prepare(); !ready)
            return failed(ready.error());
        if (m_wishes.empty()) {
            m_out.message("No flow of this project begins with a Stripe trigger that takes "
                          "deliveries.");
            return kNotRight;
        }
        m_clock.callAfter(std::chrono::milliseconds(0), this, [this] { next(); });
        const int code = QCoreApplication::exec();
        if (m_options.json)
            m_out.json(m_answer.finish());
        return code;
    }

private:
    struct Wish
    {
        stripe::EndpointWish endpoint;
        std::string connection;
    };

    int failed(const Error &error)
    {
        m_out.message(error.text());
        return error.kind == ErrorKind::Config ? kNotRight : kCouldNot;
    }

    Result<void> prepare()
    {
        auto project = Project::open(m_options.project);
        if (!project)
            return std::move(project).error();
        m_project = std::move(*project);
        auto known = m_project->registry(m_base);
        if (!known)
            return std::move(known).error();
        m_registry = std::move(*known);
        auto environment = m_project->environment(m_options.environment);
        if (!environment)
            return std::move(environment).error();
        m_environment.emplace(std::move(*environment));
        m_secrets.emplace(
            SecretChain::ofProject(m_project->folder(), {}, &m_keychain, askPassphrase));
        for (const auto &document : m_project->flows()) {
            const Flow &flow = document->flow();
            if (!m_options.flow.empty() && flow.id != m_options.flow)
                continue;
            for (const FlowStep &step : flow.steps) {
                if (step.type != "stripe.webhook" || step.disabled)
                    continue;
                if (auto added = addWish(*document, step); !added)
                    return added;
            }
        }
        return {};
    }

    Result<void> addWish(const FlowDocument &document, const FlowStep &step)
    {
        const NodeDescriptor *node = m_registry->node(step.type);
        std::vector<Diagnostic> findings;
        const Settings settings =
            readSettings(node->params, step.with, document.file(), step.at, step.id, findings);
        if (hasErrors(findings))
            return configError(findings.front().code, findings.front().message);
        if (settings.text("arrive") == "poll")
            return {};
        auto connection = connect(step.connection, document.flow());
        if (!connection)
            return std::move(connection).error();
        const NodeContext context{{m_clock, m_http}, document.flow().id, step.id, settings, {}};
        const std::string path = stripe::TriggerSettings::pathFor(context);
        Wish wish;
        wish.connection = step.connection;
        wish.endpoint = {
            m_project->name(),         document.flow().id,         step.id,
            m_environment->name,       m_options.url + path,       settings.list("events"),
            settings.text("made_for"), receiptsOf(step.connection)};
        m_wishes.push_back(std::move(wish));
        return {};
    }

    std::vector<std::string> receiptsOf(const std::string &connection) const
    {
        const auto kept = m_secrets->find(connection, kReceiptField);
        return kept ? wordsOf(kept->reveal()) : std::vector<std::string>();
    }

    Result<std::shared_ptr<stripe::StripeConnection>> connect(const std::string &name,
                                                              const Flow &flow)
    {
        if (const auto known = m_connections.find(name); known != m_connections.end())
            return known->second;
        const auto type = flow.connections.find(name);
        ConnectionResolver resolver(
            *m_environment, *m_registry, *m_secrets,
            {m_clock, 1, [](const std::string &) { return std::string(); }});
        auto opened = resolver.connect(
            name, type == flow.connections.end() ? std::string("stripe") : type->second,
            {m_clock, m_http});
        if (!opened)
            return std::move(opened).error();
        m_doubles.push_back(resolver.takeDoubles());
        auto connection = std::dynamic_pointer_cast<stripe::StripeConnection>(*opened);
        if (!connection || connection->apiKey().isEmpty())
            return configError("stripe.no_key", "The connection \"" + name +
                                                    "\" has no key, so its endpoints cannot be "
                                                    "looked after. " +
                                                    m_secrets->hint(name, "api_key"));
        m_connections[name] = connection;
        return connection;
    }

    void next()
    {
        if (m_wishes.empty())
            return QCoreApplication::exit(m_code);
        m_wish = std::move(m_wishes.front());
        m_wishes.pop_front();
        m_wish.endpoint.receipts = receiptsOf(m_wish.connection);
        m_reads = std::make_unique<stripe::StripeReads>(Services{m_clock, m_http},
                                                        m_connections.at(m_wish.connection));
        m_desk = std::make_unique<stripe::EndpointDesk>(*m_reads);
        m_desk->list([this](Result<std::vector<stripe::Endpoint>> existing) {
            if (!existing)
                return QCoreApplication::exit(failed(existing.error()));
            auto plan = stripe::planEndpoint(m_wish.endpoint, *existing);
            if (!plan)
                return QCoreApplication::exit(failed(plan.error()));
            carryOut(std::move(*plan));
        });
    }

    void carryOut(stripe::EndpointPlan plan)
    {
        if (!m_options.apply || plan.changesNothing()) {
            m_code = plan.changesNothing() ? m_code : kNotRight;
            tell(plan, plan.current ? plan.current->id : std::string());
            return next();
        }
        m_desk->apply(
            plan,
            [this](const Secret &secret, const std::string &receipt) {
                return keep(secret, receipt);
            },
            [this, plan](Result<std::string> id) {
                if (!id)
                    return QCoreApplication::exit(failed(id.error()));
                tell(plan, *id);
                // Not from inside the desk that calls.
                QMetaObject::invokeMethod(
                    this, [this] { next(); }, Qt::QueuedConnection);
            });
    }

    /// Where `tidewire secrets set` puts them; several endpoints of a connection share the field.
    Result<void> keep(const Secret &secret, const std::string &receipt)
    {
        const std::string folder = m_project->folder();
        auto file = SecretsFile::load(folder + '/' + SecretsFile::kFileName);
        if (!file)
            return std::move(file).error();
        KeyStore store({folder, {}, askPassphrase, &m_keychain});
        auto keys = file->names().empty() ? store.openOrCreate() : store.open();
        if (!keys)
            return std::move(keys).error();
        Sealer sealer(std::move(*keys), SecretsFile::kPurpose);
        const auto add = [&](const char *field, const std::string &word) -> Result<void> {
            const std::string name = m_wish.connection + '/' + field;
            auto before = file->has(name) ? file->open(name, sealer)
                                          : Result<std::optional<Secret>>(std::nullopt);
            if (!before)
                return std::move(before).error();
            const std::string_view known = *before ? (*before)->reveal() : std::string_view();
            file->set(name, Secret(withWord(word, known)), sealer);
            return {};
        };
        if (auto added = add(kSecretField, std::string(secret.reveal())); !added)
            return added;
        if (auto added = add(kReceiptField, receipt); !added)
            return added;
        if (auto saved = file->save(); !saved)
            return saved;
        m_secrets.emplace(SecretChain::ofProject(folder, {}, &m_keychain, askPassphrase));
        return {};
    }

    void tell(const stripe::EndpointPlan &plan, const std::string &id)
    {
        const std::string name = plan.wish.flow + '/' + plan.wish.step;
        if (m_options.json) {
            ObjectBuilder object(m_arena);
            object.set("trigger", Value::string(m_arena, name));
            object.set("environment", Value::string(m_arena, plan.wish.environment));
            object.set("action", Value::string(m_arena, toString(plan.action)));
            object.set("applied", Value::boolean(m_options.apply));
            object.set("id", Value::string(m_arena, id));
            object.set("url", Value::string(m_arena, plan.wish.url));
            ArrayBuilder differences(m_arena);
            for (const auto &one : plan.differences) {
                ObjectBuilder difference(m_arena);
                difference.set("what", Value::string(m_arena, one.what));
                difference.set("have", Value::string(m_arena, one.have));
                difference.set("want", Value::string(m_arena, one.want));
                differences.add(difference.finish());
            }
            object.set("differences", differences.finish());
            object.set("surplus", Value::integer(static_cast<std::int64_t>(plan.surplus.size())));
            m_answer.add(object.finish());
            return;
        }
        m_out.line(m_out.bold(name) + " in " + plan.wish.environment + ": " +
                   std::string(toString(plan.action)) + (id.empty() ? "" : ' ' + id));
        if (plan.action == stripe::EndpointPlan::Action::Create)
            m_out.line("  url " + plan.wish.url);
        for (const auto &one : plan.differences)
            m_out.line("  " + one.what + ": " + one.have + " -> " + one.want);
        for (const auto &one : plan.surplus)
            m_out.line("  remove " + one.id + ' ' + one.url);
        if (m_options.apply && plan.action >= stripe::EndpointPlan::Action::Create &&
            plan.action != stripe::EndpointPlan::Action::Update)
            m_out.line("  secret stored as " + m_wish.connection + '/' + kSecretField);
    }

    const EndpointOptions &m_options;
    const Registry &m_base;
    std::shared_ptr<const Registry> m_registry; ///< With what the project knows.
    Output m_out;
    SystemClock m_clock;
    HttpClient m_http;
    SystemKeychain m_keychain;
    std::unique_ptr<Project> m_project;
    std::optional<ProjectEnvironment> m_environment;
    std::optional<SecretChain> m_secrets;
    std::vector<std::vector<std::unique_ptr<sandbox::Double>>> m_doubles;
    std::map<std::string, std::shared_ptr<stripe::StripeConnection>> m_connections;
    std::deque<Wish> m_wishes;
    Wish m_wish;
    std::unique_ptr<stripe::StripeReads> m_reads;
    std::unique_ptr<stripe::EndpointDesk> m_desk;
    Arena m_arena;
    ArrayBuilder m_answer{m_arena};
    int m_code = kDone;
};

void addEndpointCommand(CLI::App &webhook, Invocation &invocation, const char *name,
                        const char *help, bool apply)
{
    auto options = std::make_shared<EndpointOptions>();
    options->apply = apply;
    CLI::App *command = webhook.add_subcommand(name, help);
    command->add_option("PROJECT", options->project, "Project folder or flow file")
        ->capture_default_str();
    command->add_option("--env,--environment", options->environment, "Environment")
        ->capture_default_str();
    command->add_option("--url", options->url, "Public address of the receiver, without the path")
        ->required();
    command->add_option("--flow", options->flow, "Only this flow");
    command->add_flag("--json", options->json, "The answer as JSON");
    command->footer(std::string("Example:\n  tidewire webhook ") + name +
                    " my-project --env production --url https://hooks.example.com");
    command->callback([options, &invocation] {
        invocation.command = [options, &invocation] {
            while (options->url.ends_with('/'))
                options->url.pop_back();
            return EndpointSession(*options, invocation.registry).exec();
        };
    });
}

struct ForwardOptions
{
    stripe::ListenOrder order;
    bool print = false;
};

/// Runs the CLI until it is told to end. The receiver has to know its secret: `forward: true` of a
/// trigger does both by itself.
int forward(const ForwardOptions &options)
{
    Output out(false);
    if (options.print) {
        out.line(options.order.command());
        return kDone;
    }
    const char *path = std::getenv("PATH");
    auto program = stripe::StripeListen::find(path ? path : "");
    if (!program) {
        out.message(program.error().text());
        return kCouldNot;
    }
    SystemClock clock;
    Signals signals([] { QCoreApplication::exit(kDone); });
    stripe::StripeListen listen(clock);
    listen.start(
        *program, options.order, {},
        [&out](const Secret &) {
            out.message(
                "Forwarding. The receiver has to know the secret that \"stripe listen "
                "--print-secret\" prints; with \"forward: true\" a trigger reads it itself.");
        },
        [&out](const Error &trouble) { out.message(trouble.message); });
    return QCoreApplication::exec();
}

void addForward(CLI::App &webhook, Invocation &invocation)
{
    auto options = std::make_shared<ForwardOptions>();
    CLI::App *command = webhook.add_subcommand(
        "forward", "Let an installed Stripe CLI forward events to a receiver");
    command->add_option("--to", options->order.url, "URL of the receiver")->required();
    command->add_option("--events", options->order.events, "Event types")->delimiter(',');
    command->add_flag("--print", options->print, "Only show the command of the Stripe CLI");
    command->footer("Example:\n  tidewire webhook forward --to "
                    "http://127.0.0.1:8787/hooks/pay/in --events charge.succeeded --print");
    command->callback(
        [options, &invocation] { invocation.command = [options] { return forward(*options); }; });
}

} // namespace

void addEndpointCommands(CLI::App &app, Invocation &invocation)
{
    CLI::App *webhook = app.get_subcommand("webhook");
    addEndpointCommand(*webhook, invocation, "plan",
                       "Compare webhook endpoints at Stripe with what the flows ask for", false);
    addEndpointCommand(*webhook, invocation, "apply",
                       "Make them so: one endpoint per trigger and environment", true);
    addForward(*webhook, invocation);
}

} // namespace tw::runner
