// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/connectors/logic/Review.h"

#include "core/connector/StepExpression.h"
#include "core/connectors/logic/StepWords.h"

#include <optional>

namespace tw::logic {
namespace {

constexpr std::string_view kTimedOut = "timed_out";

class ReviewStep final : public Step
{
public:
    struct Words
    {
        Expression question;
        std::optional<Expression> proposal;
        std::optional<Expression> candidates;
        std::optional<Expression> rememberBy;
    };

    ReviewStep(Words words, Question form) : m_words(std::move(words)), m_form(std::move(form)) {}

    void process(const StepCall &call, StepReply reply) override
    {
        Question question = m_form;
        Arena arena;
        auto text = evaluate(m_words.question, arena, call);
        if (!text)
            return reply.fail(std::move(text).error().at("question"));
        question.text = plainText(*text);
        if (question.text.empty())
            return reply.fail(rejectedError("logic.no_question",
                                            "The question of this review is empty for this record. "
                                            "Change its expression."));
        auto proposal = documentOf(m_words.proposal, call);
        if (!proposal)
            return reply.fail(std::move(proposal).error().at("proposal"));
        question.proposal = std::move(*proposal);
        auto candidates = documentOf(m_words.candidates, call);
        if (!candidates)
            return reply.fail(std::move(candidates).error().at("candidates"));
        question.candidates = std::move(*candidates);
        if (m_words.rememberBy) {
            auto cause = evaluate(*m_words.rememberBy, arena, call);
            if (!cause)
                return reply.fail(std::move(cause).error().at("remember_by"));
            question.cause = plainText(*cause);
        }
        reply.park(std::move(question));
    }

private:
    static Result<DocumentPtr> documentOf(const std::optional<Expression> &expression,
                                          const StepCall &call)
    {
        if (!expression)
            return DocumentPtr();
        Document made;
        auto value = evaluate(*expression, made.arena(), call);
        if (!value)
            return std::move(value).error();
        if (value->isUndefined())
            return DocumentPtr();
        made.setRoot(copyInto(made.arena(), *value));
        return share(std::move(made));
    }

    Words m_words;
    Question m_form;
};

Result<std::optional<Expression>> optionalSetting(const Settings &settings, const char *name)
{
    const std::string text = settings.text(name);
    if (text.empty())
        return std::optional<Expression>();
    auto compiled = compileSetting(text, name);
    if (!compiled)
        return std::move(compiled).error();
    return std::optional<Expression>(std::move(*compiled));
}

Result<std::unique_ptr<Step>> create(NodeContext context)
{
    const Settings &settings = context.settings;
    auto question = compileSetting(settings.text("question"), "question");
    if (!question)
        return std::move(question).error();
    ReviewStep::Words words{std::move(*question), {}, {}, {}};
    const std::pair<const char *, std::optional<Expression> *> optional[] = {
        {"proposal", &words.proposal},
        {"candidates", &words.candidates},
        {"remember_by", &words.rememberBy}};
    for (const auto &[name, into] : optional) {
        auto compiled = optionalSetting(settings, name);
        if (!compiled)
            return std::move(compiled).error();
        *into = std::move(*compiled);
    }
    Question form;
    form.owner = settings.text("owner");
    if (settings.has("timeout"))
        form.timeout = settings.duration("timeout");
    form.timeoutExit = settings.text("on_timeout");
    if (settings.has("escalate_after"))
        form.escalateAfter = settings.duration("escalate_after");
    form.escalateTo = settings.text("escalate_to");
    return std::unique_ptr<Step>(
        std::make_unique<ReviewStep>(std::move(words), std::move(form)));
}

Diagnostic badEscalation(Severity severity, std::string message, std::string fix)
{
    Diagnostic finding;
    finding.severity = severity;
    finding.code = "logic.bad_escalation";
    finding.message = std::move(message);
    finding.fix = std::move(fix);
    return finding;
}

void check(const Settings &settings, std::vector<Diagnostic> &findings)
{
    const bool after = settings.has("escalate_after");
    const bool to = !settings.text("escalate_to").empty();
    if (after != to)
        findings.push_back(badEscalation(
            Severity::Error, "An escalation needs a time and a person.",
            "Set both \"Escalate after\" and \"Escalate to\", or neither."));
    if (after && settings.has("timeout")
        && settings.duration("escalate_after") >= settings.duration("timeout"))
        findings.push_back(badEscalation(
            Severity::Warning, "The time is over before the review is escalated.",
            "Make \"Escalate after\" shorter than \"Answer within\"."));
}

std::vector<Param> params()
{
    return {expression("question", "Question")
                .help("What the person is asked. An expression, so that it can name the record.")
                .example("\"Which account belongs to \" & customer_email & \"?\"")
                .required(),
            expression("proposal", "Proposed answer")
                .help("What goes on when the person agrees. Left empty: the record as it came.")
                .example("$merge([$, {\"account\": candidates[0].id}])"),
            expression("candidates", "Candidates")
                .help("A list to choose from, shown beside the question.")
                .example("matches.{\"id\": Id, \"name\": Name}"),
            text("owner", "Owner").help("Who is asked. Left empty: the owner of the flow's failures."),
            duration("timeout", "Answer within")
                .help("When it is over, the record leaves by the exit below. Left empty: it waits."),
            choice("on_timeout", "When nobody answers")
                .help("How the record goes on when the time is over.")
                .oneOf({{std::string(kTimedOut), "Leave by Timed out", {}, {}},
                        {"approved", "Take the proposal", {}, {}},
                        {"rejected", "Reject it", {}, {}}})
                .fallback("timed_out"),
            duration("escalate_after", "Escalate after")
                .help("An open review is given to somebody else after this time.")
                .advanced(),
            text("escalate_to", "Escalate to").help("Who then has to answer.").advanced(),
            expression("remember_by", "Remember decisions by")
                .help("A person may have a decision remembered: later records with the same value go "
                      "the same way without a question.")
                .example("customer_email")
                .advanced()};
}

} // namespace

NodeDescriptor review()
{
    NodeDescriptor node;
    node.kind = NodeKind::Decide;
    node.type = "review";
    node.title = "Human review";
    node.label = "Review";
    node.group = "Decide";
    node.icon = "person-check";
    node.help = "Puts the record aside with a question to a person, and goes on with the answer: "
                "approved (with what the person chose or corrected), rejected, or timed out. The "
                "question survives restarts and can be given to somebody else.";
    node.params = params();
    node.exits = {{"approved", "Approved"}, {"rejected", "Rejected"},
                  {std::string(kTimedOut), "Timed out"}};
    node.parks = true;
    node.check = check;
    node.summary = [](const Settings &settings) {
        const std::string words = messageWords(settings.text("question"));
        return settings.has("timeout") ? shortened(words) + ", "
                + spanWords(settings.duration("timeout"))
                                       : shortened(words);
    };
    node.errorCodes = {"logic.no_question"};
    node.createStep = create;
    return node;
}

} // namespace tw::logic
