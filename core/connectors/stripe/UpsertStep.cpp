// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/UpsertStep.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/stripe/ObjectStep.h"
#include "core/connectors/stripe/StripeForm.h"
#include "core/connectors/stripe/StripeRights.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::hours kForGood{24 * 365 * 100};
// Search may be an hour behind in times of trouble (docs.stripe.com/search); what is younger is
// listed.
constexpr std::chrono::hours kSearchLag{2};
constexpr int kMostRecentPages = 20;
constexpr std::size_t kMostCandidates = 20;

std::vector<Param::Choice> upsertChoices(const ApiCatalogue &catalogue)
{
    std::vector<Param::Choice> choices = objectChoices(catalogue, ApiVerb::Create);
    std::erase_if(choices, [&catalogue](const Param::Choice &choice) {
        const auto *create = catalogue.find(choice.value, ApiVerb::Create);
        const bool hasMetadata =
            std::any_of(create->params.begin(), create->params.end(),
                        [](const ApiField &field) { return field.name == "metadata"; });
        return !hasMetadata || !catalogue.find(choice.value, ApiVerb::Update) ||
               !catalogue.find(choice.value, ApiVerb::List);
    });
    return choices;
}

bool takes(const ApiOperation &operation, std::string_view name)
{
    return std::any_of(operation.params.begin(), operation.params.end(),
                       [name](const ApiField &field) { return field.name == name; });
}

/// What an update does not take is left out: it was said at creation and cannot be changed.
Value known(Arena &arena, const Value &params, const ApiOperation &operation)
{
    ObjectBuilder fields(arena);
    for (const Member &member : params.members()) {
        if (takes(operation, member.key.text()))
            fields.set(member.key, member.value);
    }
    return fields.finish();
}

/// Quotes inside a text of a query are escaped by a backslash (docs.stripe.com/search).
std::string quoted(const std::string &text)
{
    std::string escaped = "'";
    for (const char c : text) {
        if (c == '\'' || c == '\\')
            escaped += '\\';
        escaped += c;
    }
    return escaped + '\'';
}

} // namespace

struct UpsertStep::Work
{
    StepCall call;
    StepReply reply;
    std::string id, key, email;
    std::vector<std::string> found;
    std::string how; ///< "by its metadata": for the run's list.
    int pages = 0;
    bool hasCalled = false;
    StripeCall::Turn nextTurn()
    {
        return std::exchange(hasCalled, true) ? StripeCall::Turn::Further : StripeCall::Turn::First;
    }
};

NodeDescriptor UpsertStep::descriptor(const CataloguePtr &catalogue)
{
    NodeDescriptor node;
    node.kind = NodeKind::Action;
    node.type = "stripe.object.upsert";
    node.title = "Stripe upsert";
    node.label = "Stripe";
    node.group = "Act";
    node.icon = "stripe";
    node.connection = "stripe";
    node.help =
        "Changes the object that stands for a record of another system, or creates it. It is "
        "found by the id that the other system keeps, else by a key in its metadata, else, for "
        "customers, by e-mail. Several that fit are a failure with the candidates, not a guess.";
    node.params = {
        choice("object", "Object")
            .help("What to write.")
            .oneOf(upsertChoices(catalogue.calls()))
            .required(),
        expression("id", "Id that is kept")
            .help("The id that the other system has of it, if it has one; an expression over the "
                  "message.")
            .example("stripe_id"),
        text("key_name", "Name of the key in metadata")
            .help("Under this name the object carries the other system's id.")
            .fallback("external_id")
            .matches("^[^\\[\\]']{1,40}$", "a name of at most 40 characters without brackets"),
        expression("key", "Key")
            .help("The other system's id of the record; an expression over the message.")
            .example("account_id")
            .required(),
        expression("email", "E-mail")
            .help("For customers without a key: the address to find them by, case-sensitive as "
                  "Stripe compares.")
            .example("email"),
        boolean("create", "Create what is missing")
            .help("Off: a record without an object leaves by the exit Missing.")
            .fallback("true")
            .advanced(),
        expandParam(catalogue, [](const Settings &settings) { return settings.text("object"); })};
    node.exits = {{"out", "Written"}, {"missing", "Missing"}};
    node.effect = true;
    node.repeat = Repeat::SafeByKey;
    node.keyLifetime = kForGood; // It looks before it writes.
    node.summary = [](const Settings &settings) {
        return settings.text("object") + " by " + settings.text("key_name");
    };
    node.inputShape = [catalogue](const Settings &settings) {
        const auto *create = catalogue->find(settings.text("object"), ApiVerb::Create);
        return create ? callShape(*catalogue, *create, settings, {"id", "key", "email"}) : Shape();
    };
    node.outputShape = [catalogue](const Settings &settings, const Shape *) {
        return expandedShape(*catalogue, settings.text("object"), settings.list("expand"));
    };
    node.check = [catalogue](const Settings &settings, std::vector<Diagnostic> &findings) {
        checkExpand(*catalogue, settings, settings.text("object"), false, findings);
        if (settings.has("email") && settings.text("object") != "customer") {
            Diagnostic finding;
            finding.code = "stripe.email_of_no_customer";
            finding.message = "Only customers are found by e-mail.";
            finding.fix = "Take the setting out.";
            finding.path = "email";
            findings.push_back(std::move(finding));
        }
    };
    node.rights = [catalogue](const Settings &settings) {
        const auto *create = catalogue->find(settings.text("object"), ApiVerb::Create);
        return create ? std::vector{rightFor(*create)} : std::vector<Right>();
    };
    node.errorCodes = {"stripe.several_matches", "stripe.missing_key",       "stripe.bad_parameter",
                       "stripe.not_an_object",   "stripe.parameter_missing", "stripe.lock_timeout",
                       "stripe.rate_limit",      "stripe.api_error",         "stripe.bad_answer"};
    node.createStep = [catalogue](NodeContext context) {
        return make(std::move(context), catalogue);
    };
    return node;
}

Result<std::unique_ptr<Step>> UpsertStep::make(NodeContext context, CataloguePtr catalogue)
{
    auto connection = stripeConnectionOf(context);
    if (!connection)
        return std::move(connection).error();
    Parts parts;
    for (auto [id, part] :
         {std::pair{"id", &parts.id}, {"key", &parts.key}, {"email", &parts.email}}) {
        if (context.settings.text(id).empty())
            continue;
        auto compiled = compileSetting(context.settings.text(id), id);
        if (!compiled)
            return std::move(compiled).error();
        *part = std::move(*compiled);
    }
    parts.keyName = context.settings.text("key_name");
    parts.mayCreate = context.settings.flag("create");
    std::unique_ptr<UpsertStep> step(
        new UpsertStep(context, std::move(*connection), std::move(catalogue), std::move(parts)));
    if (!step->m_create || !step->m_update || !step->m_list)
        return configError("stripe.no_such_call", "Stripe cannot upsert the object of the step \"" +
                                                      context.step + "\". Choose another one.");
    return std::unique_ptr<Step>(std::move(step));
}

UpsertStep::UpsertStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
                       CataloguePtr known, Parts parts)
    : ApiStep(context, std::move(connection), std::move(known)),
      m_parts(std::move(parts)),
      m_object(context.settings.text("object"))
{
    m_create = catalogue().find(m_object, ApiVerb::Create);
    m_update = catalogue().find(m_object, ApiVerb::Update);
    m_list = catalogue().find(m_object, ApiVerb::List);
    m_search = catalogue().find(m_object, ApiVerb::Search);
    if (!m_create)
        return;
    setEndpoint(endpointOf(m_create->path));
    for (const char *setting : {"id", "key", "email"}) {
        const std::string name = context.settings.text(setting);
        if (isPlainName(name) && !takes(*m_create, name))
            m_names.push_back(name);
    }
}

Value UpsertStep::paramsOf(const StepCall &call, Arena &arena) const
{
    ObjectBuilder params(arena);
    for (const Member &member : call.input->root().members()) {
        if (std::find(m_names.begin(), m_names.end(), member.key.text()) == m_names.end())
            params.set(member.key, member.value);
    }
    return params.finish();
}

std::string UpsertStep::textOf(const std::optional<Expression> &expression,
                               const StepCall &call) const
{
    if (!expression)
        return {};
    Arena arena;
    const auto value = evaluate(*expression, arena, call);
    if (!value)
        return {};
    return value->isObject() ? plainText(value->get("id")) : plainText(*value);
}

void UpsertStep::process(const StepCall &call, StepReply reply)
{
    auto work = std::make_shared<Work>(Work{call, std::move(reply), {}, {}, {}, {}, {}, 0});
    work->id = textOf(m_parts.id, call);
    work->key = textOf(m_parts.key, call);
    work->email = textOf(m_parts.email, call);
    if (work->key.empty())
        return work->reply.fail(
            rejectedError("stripe.missing_key",
                          "The message has no value for the key, so the " + objectTitle(m_object) +
                              " could not be found again. Map one, or filter these messages."));
    if (!call.input->root().isObject())
        return work->reply.fail(stripeForm(call.input->root()).error());
    Arena arena;
    if (auto fine = mayBeSent(connection(), catalogue(), *m_create, paramsOf(call, arena)); !fine)
        return work->reply.fail(std::move(fine).error());
    byId(std::move(work));
}

void UpsertStep::byId(std::shared_ptr<Work> work)
{
    if (work->id.empty())
        return bySearch(std::move(work));
    fetch(
        m_object, work->id,
        [this, work](Result<DocumentPtr> object) {
            if (!object && object.error().code != "stripe.resource_missing")
                return work->reply.fail(std::move(object).error());
            const Value deleted = object ? (*object)->root().get("deleted") : Value();
            if (!object || (deleted.isBool() && deleted.asBool()))
                return bySearch(work); // The id that was kept leads nowhere any more.
            work->how = "by the id that was kept";
            write(work, work->id);
        },
        work->nextTurn());
}

void UpsertStep::take(Work &work, const Value &object) const
{
    const std::string id(object.get("id").text());
    if (object.find("metadata").get(m_parts.keyName).text() != work.key ||
        std::find(work.found.begin(), work.found.end(), id) != work.found.end())
        return;
    work.found.push_back(id);
}

void UpsertStep::bySearch(std::shared_ptr<Work> work)
{
    if (!m_search)
        return byRecent(std::move(work));
    StripeCall request;
    request.path = m_search->path;
    request.endpoint = "search";
    request.turn = work->nextTurn();
    request.fields = {{"query", "metadata[" + quoted(m_parts.keyName) + "]:" + quoted(work->key)},
                      {"limit", std::to_string(kMostCandidates)}};
    get(std::move(request), [this, work](Result<DocumentPtr> page) {
        if (!page)
            return work->reply.fail(std::move(page).error());
        for (const Value &object : (*page)->root().get("data").items())
            take(*work, object);
        byRecent(work);
    });
}

/// Search does not see what was created just now: the list does. Objects that no search knows are
/// looked through from the newest on.
void UpsertStep::byRecent(std::shared_ptr<Work> work, std::string after)
{
    StripeCall request;
    request.path = m_list->path;
    request.endpoint = endpointOf(m_list->path);
    request.turn = work->nextTurn();
    request.fields = {{"limit", "100"}};
    if (m_search && takes(*m_list, "created"))
        request.fields.emplace_back("created[gte]",
                                    std::to_string((clock().now() + -kSearchLag).seconds()));
    if (!after.empty())
        request.fields.emplace_back("starting_after", after);
    get(std::move(request), [this, work](Result<DocumentPtr> page) {
        if (!page)
            return work->reply.fail(std::move(page).error());
        const Value data = (*page)->root().get("data");
        for (const Value &object : data.items())
            take(*work, object);
        const Value more = (*page)->root().get("has_more");
        if (more.isBool() && more.asBool() && data.size() > 0 && ++work->pages < kMostRecentPages)
            return byRecent(work, std::string(data.at(data.size() - 1).get("id").text()));
        if (!work->found.empty() || work->email.empty()) {
            work->how = "by its metadata";
            return decide(work);
        }
        work->pages = 0;
        byEmail(work);
    });
}

/// The list is fresh and compares exactly. A customer of another record is not taken.
void UpsertStep::byEmail(std::shared_ptr<Work> work, std::string after)
{
    StripeCall request;
    request.path = m_list->path;
    request.endpoint = endpointOf(m_list->path);
    request.turn = work->nextTurn();
    request.fields = {{"email", work->email}, {"limit", "100"}};
    if (!after.empty())
        request.fields.emplace_back("starting_after", after);
    get(std::move(request), [this, work](Result<DocumentPtr> page) {
        if (!page)
            return work->reply.fail(std::move(page).error());
        const Value data = (*page)->root().get("data");
        for (const Value &object : data.items()) {
            if (object.find("metadata").get(m_parts.keyName).isUndefined())
                work->found.emplace_back(object.get("id").text());
        }
        const Value more = (*page)->root().get("has_more");
        if (more.isBool() && more.asBool() && data.size() > 0 && ++work->pages < kMostRecentPages)
            return byEmail(work, std::string(data.at(data.size() - 1).get("id").text()));
        work->how = "by its e-mail";
        decide(work);
    });
}

void UpsertStep::decide(std::shared_ptr<Work> work)
{
    if (work->found.size() > 1) {
        std::string list;
        for (std::size_t at = 0; at < std::min(work->found.size(), kMostCandidates); ++at)
            list += (at == 0 ? "" : ", ") + work->found[at];
        Error error =
            rejectedError("stripe.several_matches",
                          std::to_string(work->found.size()) + ' ' + objectTitle(m_object) +
                              " objects fit the record (" + work->how + "): " + list +
                              ". Nothing was written. Give the right one the key in its "
                              "metadata, or keep its id.");
        return work->reply.fail(std::move(error));
    }
    if (work->found.empty() && !m_parts.mayCreate)
        return work->reply.emit("missing", work->call.input, "not there");
    write(work, work->found.empty() ? std::string() : work->found.front());
}

void UpsertStep::write(std::shared_ptr<Work> work, const std::string &id)
{
    const bool creates = id.empty();
    Arena arena;
    const Value message = paramsOf(work->call, arena);
    const Value params = creates ? message : known(arena, message, *m_update);
    ObjectBuilder all(arena);
    for (const Member &member : params.members())
        all.set(member.key, member.value);
    ObjectBuilder metadata(arena);
    for (const Member &member : params.get("metadata").members())
        metadata.set(member.key, member.value);
    metadata.set(m_parts.keyName, Value::string(arena, work->key));
    all.set("metadata", metadata.finish());
    auto fields = stripeForm(all.finish());
    if (!fields)
        return work->reply.fail(std::move(fields).error());
    StripeCall request;
    request.path = creates ? m_create->path : pathWithId(m_update->path, id);
    request.fields = std::move(*fields);
    request.object = id;
    request.endpoint = endpoint();
    addExpand(request.fields, expand);
    // Another call under the same key would be answered with what became of the first one.
    StepCall call = work->call;
    call.idempotencyKey += creates ? "" : "-u";
    post(call, std::move(request), m_object,
         [work, creates](Result<DocumentPtr> object, const std::string &note) {
             if (!object)
                 return work->reply.fail(std::move(object).error());
             const std::string what = creates ? "created " : "updated ";
             const std::string found = creates ? std::string() : ", found " + work->how;
             work->reply.emit("out", *object,
                              what + std::string((*object)->root().get("id").text()) + found +
                                  (note.empty() ? "" : ", " + note));
         });
}

DocumentPtr UpsertStep::preview(const StepCall &call) const
{
    Document shown;
    Arena &arena = shown.arena();
    ObjectBuilder fields(arena);
    fields.set("call", Value::string(arena, "upsert " + m_object));
    fields.set("id", Value::string(arena, textOf(m_parts.id, call)));
    fields.set("key", Value::string(arena, m_parts.keyName + '=' + textOf(m_parts.key, call)));
    fields.set("params", paramsOf(call, arena));
    shown.setRoot(fields.finish());
    return share(std::move(shown));
}

std::string UpsertStep::batchKey(const StepCall &call) const
{
    return textOf(m_parts.key, call);
}

} // namespace tw::stripe
