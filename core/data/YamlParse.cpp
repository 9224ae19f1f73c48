// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/data/Utf8.h"
#include "core/data/YamlText.h"

#include <algorithm>
#include <istream>
#include <streambuf>
#include <unordered_map>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

namespace tw {
namespace {

constexpr std::size_t kMostProblems = 50;

struct Stop
{}; // thrown through yaml-cpp when going on would be pointless; never leaves this file

/// Builds the tree from yaml-cpp's events and refuses what flow files do not use.
class TreeHandler final : public YAML::EventHandler
{
public:
    TreeHandler(std::string_view text, std::size_t skipped, const YamlLimits &limits,
                std::vector<YamlProblem> &problems)
        : m_text(text), m_skipped(skipped), m_limits(limits), m_lines(text), m_problems(problems)
    {}

    YamlNode takeRoot() { return std::move(m_root); }

    void OnDocumentStart(const YAML::Mark &mark) override
    {
        if (m_documents++ > 0)
            stop("yaml.many_documents", offsetOf(mark),
                 "A second document starts here; write one document per file.");
    }
    void OnDocumentEnd() override {}
    void OnNull(const YAML::Mark &mark, YAML::anchor_t) override { add(mark, {}); }
    void OnAlias(const YAML::Mark &mark, YAML::anchor_t) override
    {
        problem("yaml.alias", offsetOf(mark),
                "Aliases (*name) are not supported here; write the value out.");
        add(mark, {});
    }
    void OnScalar(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                  const std::string &value) override
    {
        YamlNode node;
        node.kind = YamlNode::Kind::Scalar;
        node.scalar = value;
        add(mark, std::move(node));
    }
    void OnSequenceStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                         YAML::EmitterStyle::value style) override
    {
        open(mark, YamlNode::Kind::Sequence, style);
    }
    void OnSequenceEnd() override { m_open.pop_back(); }
    void OnMapStart(const YAML::Mark &mark, const std::string &, YAML::anchor_t,
                    YAML::EmitterStyle::value style) override
    {
        open(mark, YamlNode::Kind::Map, style);
    }
    void OnMapEnd() override { m_open.pop_back(); }
    void problem(std::string code, std::size_t offset, std::string message)
    {
        if (m_problems.size() < kMostProblems)
            m_problems.push_back({std::move(code), std::move(message), m_lines.at(offset)});
    }
    std::size_t offsetOf(const YAML::Mark &mark) const
    {
        const auto at = mark.pos < 0 ? 0 : static_cast<std::size_t>(mark.pos) + m_skipped;
        return std::min(at, m_text.size());
    }

private:
    struct Frame
    {
        YamlNode *node;
        bool keyRead = false;
        std::unordered_map<std::string, int> lines; ///< Of the keys, for duplicates.
    };

    [[noreturn]] void stop(std::string code, std::size_t offset, std::string message)
    {
        problem(std::move(code), offset, std::move(message));
        throw Stop();
    }
    YamlNode *add(const YAML::Mark &mark, YamlNode node);
    void addKey(std::size_t offset, YamlNode node);
    void open(const YAML::Mark &mark, YamlNode::Kind kind, YAML::EmitterStyle::value style);
    void checkProperties(std::size_t offset);

    std::string_view m_text;
    std::size_t m_skipped;
    const YamlLimits &m_limits;
    yaml::LineMap m_lines;
    std::vector<YamlProblem> &m_problems;
    YamlNode m_root;
    std::vector<Frame> m_open;
    std::size_t m_nodes = 0;
    int m_documents = 0;
};

void TreeHandler::checkProperties(std::size_t offset)
{
    const char first = offset < m_text.size() ? m_text[offset] : '\0';
    if (first == '&')
        stop("yaml.alias", offset, "Anchors (&name) are not supported here; write values out.");
    if (first == '!')
        stop("yaml.tag", offset,
             "Tags (!name) are not supported here; put texts in quotes where the type matters.");
}

void TreeHandler::addKey(std::size_t offset, YamlNode node)
{
    Frame &frame = m_open.back();
    if (!node.isScalar())
        stop("yaml.syntax", offset,
             "A key must be a text; put the name in quotes if it reads as null.");
    const TextPosition place = m_lines.at(offset);
    const auto [known, isNew] = frame.lines.emplace(node.scalar, place.line);
    if (!isNew)
        problem("yaml.duplicate_key", offset,
                "The key \"" + node.scalar.substr(0, 80) + "\" stands in line " +
                    std::to_string(known->second) + " and again in line " +
                    std::to_string(place.line) + "; keep one of them.");
    frame.node->entries.push_back({std::move(node.scalar), place, {}});
    frame.keyRead = true;
}

YamlNode *TreeHandler::add(const YAML::Mark &mark, YamlNode node)
{
    const std::size_t offset = offsetOf(mark);
    if (node.kind != YamlNode::Kind::Null)
        checkProperties(offset);
    if (++m_nodes > m_limits.nodes)
        stop("yaml.too_large", offset,
             "The file has more than " + std::to_string(m_limits.nodes) + " values.");
    node.at.offset = offset;
    if (m_open.empty()) {
        m_root = std::move(node);
        return &m_root;
    }
    Frame &frame = m_open.back();
    if (frame.node->isSequence())
        return &frame.node->items.emplace_back(std::move(node));
    if (!frame.keyRead) {
        addKey(offset, std::move(node));
        return nullptr;
    }
    frame.keyRead = false;
    frame.node->entries.back().value = std::move(node);
    return &frame.node->entries.back().value;
}

void TreeHandler::open(const YAML::Mark &mark, YamlNode::Kind kind, YAML::EmitterStyle::value style)
{
    if (m_open.size() >= m_limits.depth)
        stop("yaml.too_deep", offsetOf(mark),
             "The file is nested deeper than " + std::to_string(m_limits.depth) + " levels.");
    YamlNode node;
    node.kind = kind;
    node.style = style == YAML::EmitterStyle::Flow ? YamlNode::Style::Flow : YamlNode::Style::Block;
    YamlNode *added = add(mark, std::move(node));
    m_open.push_back({added, false, {}});
}

/// Reads the text in place instead of copying it into a string stream.
class ViewBuffer final : public std::streambuf
{
public:
    explicit ViewBuffer(std::string_view text)
    {
        char *start =
            const_cast<char *>(text.data()); // streambuf asks for it; get areas are only read
        setg(start, start, start + text.size());
    }
};

bool isControl(unsigned char c)
{
    return (c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7f;
}

/// What yaml-cpp would misread in silence: other encodings, control characters (0x04 ends its
/// input), bare carriage returns.
bool refusedEarly(std::string_view text, const YamlLimits &limits,
                  std::vector<YamlProblem> &problems)
{
    const auto refuse = [&](std::string code, std::size_t at, std::string message) {
        yaml::LineMap lines(text);
        problems.push_back({std::move(code), std::move(message), lines.at(at)});
        return true;
    };
    if (text.size() > limits.bytes) {
        problems.push_back({"yaml.too_large",
                            "The file is larger than " + std::to_string(limits.bytes) + " bytes.",
                            {}});
        return true;
    }
    const std::size_t invalid = utf8::firstInvalid(text);
    if (invalid != std::string_view::npos)
        return refuse("yaml.syntax", invalid,
                      "The file is not UTF-8 from here on; save it as UTF-8.");
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (isControl(c))
            return refuse("yaml.syntax", i,
                          "A control character stands here; remove it or write it "
                          "as an escape in double quotes.");
        if (c == '\r' && (i + 1 == text.size() || text[i + 1] != '\n'))
            return refuse(
                "yaml.syntax", i,
                "A carriage return stands here without a line feed; save the file with LF "
                "or CR LF line ends.");
    }
    return false;
}

/// yaml-cpp refuses deep brackets only after collecting them all; a run this long is no text.
std::size_t tooManyBrackets(std::string_view text, std::size_t depth)
{
    std::size_t run = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '[' || text[i] == '{')
            ++run;
        else if (text[i] != ' ' && text[i] != '\n' && text[i] != '\r')
            run = 0;
        if (run > std::max<std::size_t>(depth, 1) * 16)
            return i;
    }
    return std::string_view::npos;
}

bool lineIsIndentedByTab(std::string_view text, std::size_t offset)
{
    const std::size_t start = yaml::lineStart(text, offset);
    const std::size_t first = text.find_first_not_of(" \t", start);
    return text.substr(start, std::min(first, text.size()) - start).find('\t') !=
           std::string_view::npos;
}

void reportException(const YAML::Exception &exception, std::string_view text, TreeHandler &handler)
{
    const std::size_t offset = handler.offsetOf(exception.mark);
    if (exception.msg == YAML::ErrorMsg::UNKNOWN_ANCHOR) {
        handler.problem("yaml.alias", offset,
                        "Aliases (*name) are not supported here; write the value out.");
        return;
    }
    if (lineIsIndentedByTab(text, offset)) {
        handler.problem("yaml.syntax", text.find('\t', yaml::lineStart(text, offset)),
                        "This line is indented with a tab; indent with spaces.");
        return;
    }
    std::string message = "This is not sound YAML: " + exception.msg + ".";
    if (exception.msg == YAML::ErrorMsg::END_OF_MAP || exception.msg == YAML::ErrorMsg::MAP_VALUE)
        message =
            "The line does not fit its surroundings: check its indentation, and put texts that "
            "contain \": \" in quotes.";
    else if (exception.msg == YAML::ErrorMsg::UNKNOWN_TOKEN && offset < text.size())
        message = "The sign '" + std::string(1, text[offset]) +
                  "' means something else in YAML here: put the whole value in quotes, such as "
                  "'a ?? b'.";
    else if (exception.msg == YAML::ErrorMsg::END_OF_MAP_FLOW)
        message = "A '{' is not closed: '}' or ',' is missing.";
    else if (exception.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW)
        message = "A '[' is not closed: ']' or ',' is missing.";
    else if (exception.msg == YAML::ErrorMsg::EOF_IN_SCALAR)
        message = "A quoted text is not closed.";
    handler.problem("yaml.syntax", offset, std::move(message));
}

} // namespace

YamlParse parseYaml(std::string_view text, const YamlLimits &limits)
{
    YamlParse parse;
    if (refusedEarly(text, limits, parse.problems))
        return parse;
    const std::size_t skipped =
        text.starts_with(utf8::kByteOrderMark) ? utf8::kByteOrderMark.size() : 0;
    TreeHandler handler(text, skipped, limits, parse.problems);
    const std::size_t brackets = tooManyBrackets(text, limits.depth);
    if (brackets != std::string_view::npos) {
        handler.problem("yaml.too_deep", brackets,
                        "The file is nested deeper than " + std::to_string(limits.depth) +
                            " levels.");
        return parse;
    }
    try {
        ViewBuffer buffer(text.substr(skipped));
        std::istream stream(&buffer);
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(handler)) {
        }
    } catch (const Stop &) {
    } catch (const YAML::Exception &exception) {
        reportException(exception, text, handler);
    } catch (const std::exception &exception) {
        handler.problem("yaml.syntax", 0,
                        std::string("The file cannot be read: ") + exception.what());
    }
    if (!parse.problems.empty())
        return parse;
    parse.root = handler.takeRoot();
    yaml::placeNodes(text, parse.root, parse.problems);
    return parse;
}

} // namespace tw
