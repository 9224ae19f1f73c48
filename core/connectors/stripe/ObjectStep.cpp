// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/stripe/ObjectStep.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/stripe/CutLists.h"
#include "core/connectors/stripe/StripeErrors.h"
#include "core/connectors/stripe/StripeForm.h"
#include "core/connectors/stripe/StripeRights.h"
#include "core/data/Json.h"

#include <algorithm>

namespace tw::stripe {
namespace {

constexpr std::chrono::hours kForGood{24 * 365 * 100};
constexpr std::size_t kLongestId = 255;

Param idParam(const char *help)
{
    return expression("id", "Id").help(help).fallback("id").example("customer");
}

const ApiOperation *operationOf(const ApiCatalogue &catalogue, ApiVerb verb,
                                const Settings &settings)
{
    if (verb != ApiVerb::Action)
        return catalogue.find(settings.text("object"), verb);
    const std::string action = settings.text("action");
    const auto dot = action.rfind('.');
    if (dot == std::string::npos)
        return nullptr;
    return catalogue.find(action.substr(0, dot), ApiVerb::Action, action.substr(dot + 1));
}

std::string objectOf(const Settings &settings)
{
    const std::string action = settings.text("action");
    return action.empty() ? settings.text("object") : action.substr(0, action.rfind('.'));
}

std::vector<Param::Choice> actionChoices(const ApiCatalogue &catalogue)
{
    std::vector<Param::Choice> choices;
    for (const ApiOperation &operation : catalogue.operations()) {
        if (operation.verb == ApiVerb::Action && operation.method == "POST" &&
            operation.path.starts_with("/v1/") &&
            std::count(operation.path.begin(), operation.path.end(), '{') <= 1)
            choices.push_back({operation.object + '.' + operation.action,
                               objectTitle(operation.object) + ": " + objectTitle(operation.action),
                               {},
                               objectTitle(operation.object)});
    }
    std::sort(choices.begin(), choices.end(),
              [](const auto &a, const auto &b) { return a.value < b.value; });
    return choices;
}

Param objectParam(const ApiCatalogue &catalogue, ApiVerb verb, const char *help)
{
    return choice("object", "Object").help(help).oneOf(objectChoices(catalogue, verb)).required();
}

std::vector<std::string> commonCodes()
{
    return {"stripe.bad_parameter",
            "stripe.not_an_object",
            "stripe.missing_id",
            "stripe.resource_missing",
            "stripe.parameter_missing",
            "stripe.parameter_unknown",
            "stripe.parameter_invalid_empty",
            "stripe.invalid_request_error",
            "stripe.lock_timeout",
            "stripe.rate_limit",
            "stripe.card_declined",
            "stripe.idempotency_error",
            "stripe.idempotency_key_in_use",
            "stripe.api_error",
            "stripe.bad_answer"};
}

NodeDescriptor describe(const CataloguePtr &catalogue, ApiVerb verb, const char *type,
                        const char *title)
{
    NodeDescriptor node;
    node.kind = NodeKind::Action;
    node.type = type;
    node.title = title;
    node.label = "Stripe";
    node.group = "Act";
    node.icon = "stripe";
    node.connection = "stripe";
    node.effect = true;
    node.repeat = Repeat::SafeByKey;
    node.errorCodes = commonCodes();
    node.summary = [](const Settings &settings) {
        const std::string action = settings.text("action");
        return action.empty() ? settings.text("object") : action;
    };
    node.inputShape = [catalogue, verb](const Settings &settings) {
        const ApiOperation *operation = operationOf(*catalogue, verb, settings);
        if (!operation)
            return Shape();
        return operation->hasId() ? callShape(*catalogue, *operation, settings, {"id"})
                                  : catalogue->paramShape(*operation);
    };
    node.outputShape = [catalogue](const Settings &settings, const Shape *) {
        return expandedShape(*catalogue, objectOf(settings), settings.list("expand"));
    };
    node.check = [catalogue](const Settings &settings, std::vector<Diagnostic> &findings) {
        checkExpand(*catalogue, settings, objectOf(settings), false, findings);
    };
    node.rights = [catalogue, verb](const Settings &settings) {
        const ApiOperation *operation = operationOf(*catalogue, verb, settings);
        return operation ? std::vector{rightFor(*operation)} : std::vector<Right>();
    };
    return node;
}

std::string wordOf(const ApiOperation &operation)
{
    switch (operation.verb) {
    case ApiVerb::Create:
        return "created";
    case ApiVerb::Update:
        return "updated";
    case ApiVerb::Action:
        return operation.action + " done";
    default:
        return "read";
    }
}

} // namespace

Result<void> mayBeSent(const StripeConnection &connection, const ApiCatalogue &catalogue,
                       const ApiOperation &operation, const Value &params)
{
    if (connection.apiVersion() != catalogue.version())
        return {};
    const auto problems = checkParams(operation, params);
    if (problems.empty())
        return {};
    std::string message = "Stripe would refuse this";
    for (const ApiProblem &problem : problems)
        message += (&problem == &problems.front() ? ": " : " ") + problem.message;
    Error error = rejectedError("stripe.bad_parameter", std::move(message));
    error.where = problems.front().param;
    return error;
}

NodeDescriptor ObjectStep::create(const CataloguePtr &catalogue)
{
    NodeDescriptor node =
        describe(catalogue, ApiVerb::Create, "stripe.object.create", "Stripe create");
    node.help =
        "Creates an object from each message. The message has the fields that Stripe takes; a "
        "mapping before it gives them. A repeat after a lost answer creates nothing twice.";
    node.params = {objectParam(catalogue.calls(), ApiVerb::Create, "What to create."),
                   expandParam(catalogue, objectOf)};
    node.createStep = [catalogue](NodeContext context) {
        const ApiOperation *operation = operationOf(*catalogue, ApiVerb::Create, context.settings);
        return make(std::move(context), catalogue, operation);
    };
    return node;
}

NodeDescriptor ObjectStep::retrieve(const CataloguePtr &catalogue)
{
    NodeDescriptor node =
        describe(catalogue, ApiVerb::Retrieve, "stripe.object.retrieve", "Stripe retrieve");
    node.help = "Fetches an object as it is now, for instance instead of the state that an event "
                "carries. One that is not there leaves by the exit Missing.";
    node.params = {objectParam(catalogue.calls(), ApiVerb::Retrieve, "What to fetch."),
                   idParam("Which one; an expression over the message."),
                   expandParam(catalogue, objectOf)};
    node.exits = {{"out", "Found"}, {"missing", "Missing"}};
    node.keyLifetime = kForGood; // Reading twice does no harm.
    node.inputShape = nullptr;
    node.outputShape = [catalogue](const Settings &settings, const Shape *) {
        Shape shape = expandedShape(*catalogue, settings.text("object"), settings.list("expand"));
        const bool mayBeGone = catalogue->find(settings.text("object"), ApiVerb::Delete) != nullptr;
        if (mayBeGone && !shape.fields.empty() && !shape.find("deleted")) {
            // Of what was deleted Stripe answers the id and this.
            Shape flag;
            flag.type = Shape::Type::Boolean;
            shape.fields.push_back({"deleted", flag, false, true});
        }
        return shape;
    };
    node.createStep = [catalogue](NodeContext context) {
        const ApiOperation *operation =
            operationOf(*catalogue, ApiVerb::Retrieve, context.settings);
        return make(std::move(context), catalogue, operation);
    };
    return node;
}

NodeDescriptor ObjectStep::update(const CataloguePtr &catalogue)
{
    NodeDescriptor node =
        describe(catalogue, ApiVerb::Update, "stripe.object.update", "Stripe update");
    node.help =
        "Changes an object. A field that is missing in the message is left alone; null unsets "
        "it. Metadata is merged: null takes one key away.";
    node.params = {
        objectParam(catalogue.calls(), ApiVerb::Update, "What to change."),
        idParam("Which one; an expression over the message. A field that is named here is "
                "not sent."),
        expandParam(catalogue, objectOf)};
    node.createStep = [catalogue](NodeContext context) {
        const ApiOperation *operation = operationOf(*catalogue, ApiVerb::Update, context.settings);
        return make(std::move(context), catalogue, operation);
    };
    return node;
}

NodeDescriptor ObjectStep::remove(const CataloguePtr &catalogue)
{
    NodeDescriptor node =
        describe(catalogue, ApiVerb::Delete, "stripe.object.delete", "Stripe delete or cancel");
    node.help =
        "Deletes an object; a subscription is cancelled at once. It cannot be brought back. What "
        "is gone already counts as done when the call is a repeat.";
    node.params = {
        objectParam(catalogue.calls(), ApiVerb::Delete, "What to delete."),
        idParam("Which one; an expression over the message. A field that is named here is "
                "not sent.")};
    node.repeat = Repeat::SafeByState;
    node.check = nullptr;
    node.createStep = [catalogue](NodeContext context) {
        const ApiOperation *operation = operationOf(*catalogue, ApiVerb::Delete, context.settings);
        return make(std::move(context), catalogue, operation);
    };
    return node;
}

NodeDescriptor ObjectStep::act(const CataloguePtr &catalogue)
{
    NodeDescriptor node =
        describe(catalogue, ApiVerb::Action, "stripe.object.act", "Stripe action");
    node.help =
        "Does something with an object: finalises, pays, voids or sends an invoice, confirms, "
        "captures or cancels a payment, attaches a payment method, closes a dispute. A repeat "
        "after a lost answer does nothing twice.";
    node.params = {
        choice("action", "Action").help("What to do.").oneOf(actionChoices(catalogue.calls())).required(),
        idParam("With which object; an expression over the message. A field that is named "
                "here is not sent."),
        expandParam(catalogue, objectOf)};
    node.createStep = [catalogue](NodeContext context) {
        const ApiOperation *operation = operationOf(*catalogue, ApiVerb::Action, context.settings);
        return make(std::move(context), catalogue, operation);
    };
    return node;
}

Result<std::unique_ptr<Step>> ObjectStep::make(NodeContext context, CataloguePtr catalogue,
                                               const ApiOperation *operation)
{
    auto connection = stripeConnectionOf(context);
    if (!connection)
        return std::move(connection).error();
    if (!operation)
        return configError("stripe.no_such_call",
                           "Stripe has no such call for the object of the step \"" + context.step +
                               "\". Choose another one.");
    std::optional<Expression> id;
    if (operation->hasId()) {
        auto compiled = compileSetting(context.settings.text("id"), "id");
        if (!compiled)
            return std::move(compiled).error();
        id = std::move(*compiled);
    }
    return std::unique_ptr<Step>(new ObjectStep(context, std::move(*connection),
                                                std::move(catalogue), *operation, std::move(id)));
}

ObjectStep::ObjectStep(const NodeContext &context, std::shared_ptr<StripeConnection> connection,
                       CataloguePtr catalogue, const ApiOperation &operation,
                       std::optional<Expression> id)
    : ApiStep(context, std::move(connection), std::move(catalogue)),
      m_operation(operation),
      m_id(std::move(id))
{
    setEndpoint(endpointOf(operation.path));
    if (m_id && isPlainName(context.settings.text("id")))
        m_idField = context.settings.text("id");
}

Result<std::string> ObjectStep::idOf(const StepCall &call) const
{
    if (!m_id)
        return std::string();
    Arena arena;
    auto value = evaluate(*m_id, arena, call);
    if (!value)
        return std::move(value).error().at("id");
    // Expandable fields are ids or whole objects.
    std::string id = value->isObject() ? plainText(value->get("id")) : plainText(*value);
    if (id.empty() || id.size() > kLongestId)
        return rejectedError("stripe.missing_id",
                             "The message has no id of the " + objectTitle(m_operation.object) +
                                 " that the step is about. Map one, or filter these messages.");
    return id;
}

Result<Value> ObjectStep::paramsOf(const StepCall &call, Arena &arena) const
{
    const Value &message = call.input->root();
    if (m_operation.method == "GET" || m_operation.method == "DELETE") {
        // A message that only names the object is no list of parameters.
        ObjectBuilder known(arena);
        for (const Member &member : message.members()) {
            const auto &params = m_operation.params;
            const bool isKnown =
                std::any_of(params.begin(), params.end(),
                            [&](const ApiField &field) { return field.name == member.key.text(); });
            if (m_operation.method == "DELETE" && isKnown)
                known.set(member.key.text(), member.value);
        }
        return known.finish();
    }
    if (m_idField.empty() || message.get(m_idField).isUndefined())
        return message;
    ObjectBuilder rest(arena);
    for (const Member &member : message.members()) {
        if (member.key.text() != m_idField)
            rest.set(member.key.text(), member.value);
    }
    return rest.finish();
}

Result<ObjectStep::Prepared> ObjectStep::prepare(const StepCall &call) const
{
    auto id = idOf(call);
    if (!id)
        return std::move(id).error();
    Arena arena;
    auto params = paramsOf(call, arena);
    if (!params)
        return std::move(params).error();
    auto fields = stripeForm(*params);
    if (!fields)
        return std::move(fields).error();
    if (auto fine = mayBeSent(connection(), catalogue(), m_operation, *params); !fine)
        return std::move(fine).error();
    Prepared prepared;
    prepared.id = *id;
    prepared.request.method = m_operation.method;
    prepared.request.path = pathWithId(m_operation.path, *id);
    prepared.request.fields = std::move(*fields);
    prepared.request.object = *id;
    prepared.request.endpoint = endpoint();
    addExpand(prepared.request.fields, expand);
    return prepared;
}

void ObjectStep::process(const StepCall &call, StepReply reply)
{
    auto prepared = prepare(call);
    if (!prepared)
        return reply.fail(std::move(prepared).error());
    auto held = std::make_shared<StepReply>(std::move(reply));
    if (m_operation.method == "DELETE") {
        connection().send(prepared->request, this,
                          [this, held, prepared = *prepared,
                           isRepeat = call.attempt > 1](Result<HttpAnswer> answer) {
                              deleted(prepared, isRepeat, *held, std::move(answer));
                          });
        return;
    }
    if (m_operation.method == "GET") {
        get(prepared->request, [this, held, input = call.input](Result<DocumentPtr> object) {
            if (object)
                return readOn(held, *object);
            if (object.error().code == "stripe.resource_missing")
                return held->emit("missing", input, "not there");
            held->fail(std::move(object).error());
        });
        return;
    }
    post(call, prepared->request, m_operation.object,
         [this, held](Result<DocumentPtr> object, const std::string &note) {
             if (!object)
                 return held->fail(std::move(object).error());
             const std::string id(((*object)->root()).get("id").text());
             held->emit("out", *object,
                        wordOf(m_operation) + (id.empty() ? "" : ' ' + id) +
                            (note.empty() ? "" : ", " + note));
         });
}

/// A sum over the first ten lines of an invoice would be wrong, and nothing would tell.
void ObjectStep::readOn(const std::shared_ptr<StepReply> &reply, const DocumentPtr &object,
                        int pages)
{
    const auto cut = cutLists(object->root());
    const auto next = std::find_if(cut.begin(), cut.end(), canBeReadOn);
    if (next == cut.end() || pages >= kMostPagesOfLists) {
        std::string note;
        for (const CutList &list : cut)
            note += (note.empty() ? "not all is read of " : ", ") + list.field;
        return reply->emit("out", object, note);
    }
    StripeCall request;
    request.path = next->url;
    request.endpoint = endpoint();
    request.turn = StripeCall::Turn::Further;
    request.fields = nextPageOf(*next, expand);
    get(std::move(request),
        [this, reply, object, pages, field = next->field](Result<DocumentPtr> page) {
            if (!page && page.error().kind != ErrorKind::Rejected)
                return reply->fail(std::move(page).error());
            if (!page || (*page)->root().get("data").size() == 0)
                return readOn(reply, object, kMostPagesOfLists);
            Document longer;
            longer.setRoot(withPage(longer.arena(), object->root(), field, (*page)->root()));
            readOn(reply, share(std::move(longer)), pages + 1);
        });
}

void ObjectStep::deleted(const Prepared &prepared, bool isRepeat, StepReply &reply,
                         Result<HttpAnswer> answer)
{
    const bool isGone = answer && answer->status == 404;
    auto object = read(prepared.request, std::move(answer));
    if (object)
        return reply.emit("out", *object, "deleted " + prepared.id);
    if (!isGone || !isRepeat)
        return reply.fail(std::move(object).error());
    Document gone;
    ObjectBuilder fields(gone.arena());
    fields.set("id", Value::string(gone.arena(), prepared.id));
    fields.set("object", Value::string(gone.arena(), m_operation.object));
    fields.set("deleted", Value::boolean(true));
    gone.setRoot(fields.finish());
    reply.emit("out", share(std::move(gone)), "was gone already");
}

void ObjectStep::lookUp(const StepCall &call, StepReply reply)
{
    auto held = std::make_shared<StepReply>(std::move(reply));
    findByKey(call, call.idempotencyKey, m_operation.object,
              [this, held](Result<std::optional<std::string>> id) {
                  if (!id)
                      return held->fail(std::move(id).error());
                  if (!*id)
                      return held->drop("no event tells of it");
                  fetch(m_operation.object, **id, [held, id = **id](Result<DocumentPtr> object) {
                      if (!object)
                          return held->fail(std::move(object).error());
                      held->emit("out", *object, "found " + id + " by its idempotency key");
                  });
              });
}

DocumentPtr ObjectStep::preview(const StepCall &call) const
{
    Document shown;
    Arena &arena = shown.arena();
    ObjectBuilder fields(arena);
    const auto id = idOf(call);
    fields.set("call", Value::string(arena, m_operation.method + ' ' +
                                                pathWithId(m_operation.path, id.value_or("?"))));
    const auto params = paramsOf(call, arena);
    fields.set("params", params ? copyInto(arena, *params) : Value::null());
    shown.setRoot(fields.finish());
    return share(std::move(shown));
}

std::string ObjectStep::batchKey(const StepCall &call) const
{
    return m_id ? idOf(call).value_or(std::string()) : std::string();
}

} // namespace tw::stripe
