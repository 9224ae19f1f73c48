// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/salesforce/RecordUpsert.h"

#include "core/base/Encoding.h"
#include "core/connectors/salesforce/RecordRules.h"
#include "core/connectors/salesforce/RecordShape.h"
#include "core/connectors/salesforce/SalesforceConnection.h"
#include "core/connectors/salesforce/SalesforceErrors.h"
#include "core/data/Json.h"

namespace tw::salesforce {

namespace {

constexpr const char *kNamePattern = "^[A-Za-z][A-Za-z0-9_]*$";
constexpr std::size_t kLongestKey = 255;

std::vector<Param> upsertParams()
{
    return {
        fieldName("object", "Object")
            .help("API name of the object to write.")
            .required()
            .matches(kNamePattern, "an API name such as Stripe_Payment__c")
            .example("Stripe_Payment__c"),
        fieldName("external_id", "External id field")
            .help("The field that tells records apart. It must be marked as External ID in "
                  "Salesforce. With Id, the record that has this id is changed, and none is made.")
            .required()
            .matches(kNamePattern, "an API name such as Stripe_Payment_Id__c")
            .example("Stripe_Payment_Id__c"),
        fieldName("value_field", "Field of the message with the key")
            .help("Empty when the message names the key as Salesforce does.")
            .advanced(),
        boolean("update_only", "Only change existing records")
            .help("A key without a record is then an error instead of a new record.")
            .fallback("false")
            .advanced(),
    };
}

Shape textShape(Shape::Type type, const char *help)
{
    Shape shape;
    shape.type = type;
    shape.help = help;
    return shape;
}

Shape resultShape()
{
    Shape fields;
    fields.type = Shape::Type::Group;
    fields.help = "What was written.";
    Shape shape;
    shape.type = Shape::Type::Group;
    shape.fields = {
        {"id", textShape(Shape::Type::Id, "Id of the record."), false, true},
        {"created", textShape(Shape::Type::Boolean, "True for a new record."), true, true},
        {"success", textShape(Shape::Type::Boolean, ""), true, true},
        {"object", textShape(Shape::Type::Text, "API name of the object."), true, true},
        {"external_id", textShape(Shape::Type::Text, "Name of the key field."), true, true},
        {"key", textShape(Shape::Type::Text, "Value of the key."), true, true},
        {"fields", fields, true, true},
    };
    return shape;
}

Error missingKey(const std::string &field, const std::string &object)
{
    return rejectedError("salesforce.missing_key",
                         "The message has no value for " + field + ", so the " + object +
                             " record cannot be found again. Map a value for it, or filter these "
                             "messages.");
}

Error notARecord()
{
    return rejectedError("salesforce.not_a_record",
                         "The message is not a record with fields. Put a mapping before the "
                         "step that names the fields as Salesforce does.");
}

/// Whatever became of it, an upsert by external id may be sent again; the engine decides when.
Error repeatable(Error error)
{
    if (error.outcomeUnknown)
        error.kind = ErrorKind::Transient;
    return error;
}

std::string textOf(const Value &value)
{
    if (value.isString())
        return std::string(value.text());
    return value.isNumber() ? toJson(value) : std::string();
}

} // namespace

NodeDescriptor RecordUpsert::descriptor()
{
    NodeDescriptor node;
    node.kind = NodeKind::Action;
    node.type = "salesforce.record.upsert";
    node.title = "Salesforce upsert";
    node.label = "Salesforce";
    node.group = "Act";
    node.icon = "cloud-arrow-up";
    node.help =
        "Creates a record, or changes the one with the same external id. The message is the "
        "record: its fields are named as in Salesforce. A field that is absent is left "
        "alone, null empties it. Repeating it does no harm.";
    node.connection = "salesforce";
    node.params = upsertParams();
    node.effect = true;
    node.repeat = Repeat::SafeByState;
    node.summary = [](const Settings &settings) { return settings.text("object"); };
    node.inputShape = upsertShape;
    node.output = resultShape();
    node.errorCodes = {"salesforce.duplicate_record",
                       "salesforce.several_matches",
                       "salesforce.missing_key",
                       "salesforce.not_a_record",
                       "salesforce.parent_not_found",
                       "salesforce.unavailable",
                       "salesforce.bad_answer",
                       "salesforce.unable_to_lock_row",
                       "salesforce.request_limit_exceeded",
                       "salesforce.invalid_session_id",
                       "salesforce.invalid_grant",
                       "salesforce.not_found",
                       "salesforce.invalid_field",
                       "salesforce.invalid_field_for_insert_update",
                       "salesforce.invalid_or_null_for_restricted_picklist",
                       "salesforce.string_too_long",
                       "salesforce.required_field_missing",
                       "salesforce.json_parser_error",
                       "salesforce.malformed_id",
                       "salesforce.invalid_cross_reference_key",
                       "salesforce.duplicate_value",
                       "salesforce.field_custom_validation_exception",
                       "salesforce.number_outside_valid_range"};
    node.createStep = &RecordUpsert::create;
    return node;
}

Result<std::unique_ptr<Step>> RecordUpsert::create(NodeContext context)
{
    auto connection = std::dynamic_pointer_cast<SalesforceConnection>(context.connection);
    if (!connection)
        return configError("salesforce.no_connection",
                           "Choose a Salesforce connection for the step \"" + context.step + "\".");
    return std::unique_ptr<Step>(new RecordUpsert(std::move(context), std::move(connection)));
}

RecordUpsert::RecordUpsert(NodeContext context, std::shared_ptr<SalesforceConnection> connection)
    : m_connection(std::move(connection)),
      m_client("tidewire/" + context.flow),
      m_object(context.settings.text("object")),
      m_externalId(context.settings.text("external_id")),
      m_valueField(context.settings.text("value_field")),
      m_updateOnly(context.settings.flag("update_only"))
{
    if (m_valueField.empty())
        m_valueField = m_externalId;
}

/// By the describe files built into the library: an org may know more values than they do.
std::vector<Error> RecordUpsert::objections(const StepCall &call) const
{
    const Value &record = call.input->root();
    if (!record.isObject())
        return {notARecord()};
    std::vector<Error> found;
    const auto key = keyOf(record);
    if (!key)
        found.push_back(key.error());
    const DescribeSet &known = DescribeSet::builtIn();
    const Describe *object = known.object(m_object);
    if (!object)
        return found;
    Arena arena;
    ObjectBuilder body(arena);
    for (const auto &member : record.members()) {
        if (member.key.text() != m_valueField && member.key.text() != m_externalId)
            body.set(member.key.text(), member.value);
    }
    if (key && !isById())
        body.set(m_externalId, Value::string(arena, *key));
    const Record existing; // Whatever is in it: it is there.
    const RecordRules rules(known, nullptr);
    for (const Refusal &refusal :
         rules.objections(*object, body.finish(), m_updateOnly || isById() ? &existing : nullptr))
        found.push_back(expectedError(refusal, m_connection->attempt("write", m_object)));
    return found;
}

bool RecordUpsert::isById() const
{
    return m_externalId == "Id";
}

void RecordUpsert::process(const StepCall &call, StepReply reply)
{
    const Value &record = call.input->root();
    if (!record.isObject()) {
        reply.fail(notARecord());
        return;
    }
    auto key = keyOf(record);
    if (!key) {
        reply.fail(std::move(key).error());
        return;
    }
    SalesforceConnection::Call request;
    request.method = "PATCH";
    request.path = "/sobjects/" + encodePathSegment(m_object) + '/' +
                   (isById() ? std::string() : encodePathSegment(m_externalId) + '/') +
                   encodePathSegment(*key) + (m_updateOnly && !isById() ? "?updateOnly=true" : "");
    request.headers.set("Sforce-Call-Options", "client=" + m_client);
    request.body = bodyOf(record);
    auto held = std::make_shared<StepReply>(std::move(reply));
    m_connection->send(std::move(request), this,
                       [this, held, key = *key, input = call.input](Result<HttpAnswer> answer) {
                           answered(input, key, *held, std::move(answer));
                       });
}

Result<std::string> RecordUpsert::keyOf(const Value &record) const
{
    std::string key = textOf(record.get(m_valueField));
    if (key.empty())
        return missingKey(m_valueField, m_object);
    if (key.size() > kLongestKey * 4)
        return rejectedError("salesforce.key_too_long",
                             "The value of " + m_valueField + " is too long for an external id (" +
                                 std::to_string(key.size()) + " bytes).");
    return key;
}

std::string RecordUpsert::bodyOf(const Value &record) const
{
    // The key may not stand in the body; a field it was taken from stays out as well, because
    // Salesforce would not know it.
    Arena arena;
    ObjectBuilder builder(arena);
    for (const auto &member : record.members()) {
        const auto name = member.key.text();
        if (name != m_externalId && name != m_valueField && !member.value.isUndefined())
            builder.set(name, member.value);
    }
    return toJson(builder.finish());
}

void RecordUpsert::answered(const DocumentPtr &input, const std::string &key, StepReply &reply,
                            Result<HttpAnswer> answer) const
{
    if (!answer) {
        reply.fail(repeatable(std::move(answer).error()));
        return;
    }
    auto result = resultOf(input, key, *answer);
    if (!result) {
        reply.fail(std::move(result).error());
        return;
    }
    const Value created = (*result)->root().get("created");
    const bool isNew = created.isBool() && created.asBool();
    reply.emit("out", std::move(result).value(), isNew ? "record created" : "record updated");
}

Result<DocumentPtr> RecordUpsert::resultOf(const DocumentPtr &input, const std::string &key,
                                           const HttpAnswer &answer) const
{
    if (answer.status == 300)
        return severalMatches(key, answer);
    const bool done = answer.status == 200 || answer.status == 201 || answer.status == 204;
    const auto parsed = parseJson(answer.body.empty() ? "{}" : answer.body);
    const Value body = parsed ? parsed->root() : Value();
    const Value success = body.get("success");
    if (!done || (success.isBool() && !success.asBool()))
        return toError(answer.status, answer.body, answer.headers.value("Retry-After"),
                       m_connection->attempt("write", m_object));
    if (answer.status != 204 && !success.isBool()) {
        // Somebody between may answer 200 to everything.
        Error error = transientError("salesforce.bad_answer",
                                     "Salesforce did not say what became of the record.");
        error.outcomeUnknown = true;
        error.where = m_connection->address();
        error.evidence = evidenceOf(answer.body);
        return error;
    }
    return written(input, key, body.get("id"), answer.status == 201);
}

DocumentPtr RecordUpsert::written(const DocumentPtr &input, const std::string &key, const Value &id,
                                  bool created) const
{
    Document document;
    Arena &arena = document.arena();
    ObjectBuilder builder(arena);
    if (id.isString())
        builder.set("id", copyInto(arena, id));
    else if (isById())
        builder.set("id", Value::string(arena, key));
    builder.set("created", Value::boolean(created));
    builder.set("success", Value::boolean(true));
    builder.set("object", Value::string(arena, m_object));
    builder.set("external_id", Value::string(arena, m_externalId));
    builder.set("key", Value::string(arena, key));
    builder.set("fields", copyInto(arena, input->root()));
    document.setRoot(builder.finish());
    return share(std::move(document));
}

Error RecordUpsert::severalMatches(const std::string &key, const HttpAnswer &answer) const
{
    Error error =
        rejectedError("salesforce.several_matches",
                      "Several " + m_object + " records have " + m_externalId + " = \"" + key +
                          "\", so nothing was written. Merge them in Salesforce, or mark "
                          "the field as unique.");
    error.where = m_connection->address();
    error.evidence = evidenceOf(answer.body);
    return error;
}

} // namespace tw::salesforce
