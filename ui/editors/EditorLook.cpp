// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/editors/EditorLook.h"

#include "ui/base/Fonts.h"
#include "ui/base/Theme.h"
#include "ui/editors/Scintilla.h"

#include <map>

namespace tw::editor_look {

namespace {

const std::map<int, Token> kYaml{
    {QsciLexerYAML::Default, Token::Text},
    {QsciLexerYAML::Comment, Token::Text3},
    {QsciLexerYAML::Identifier, Token::Accent},
    {QsciLexerYAML::Keyword, Token::Warn},
    {QsciLexerYAML::Number, Token::Info},
    {QsciLexerYAML::Reference, Token::KindDecide},
    {QsciLexerYAML::DocumentDelimiter, Token::Text3},
    {QsciLexerYAML::TextBlockMarker, Token::Text},
    {QsciLexerYAML::SyntaxErrorMarker, Token::Err},
    {QsciLexerYAML::Operator, Token::Text2},
};

const std::map<int, Token> kJson{
    {QsciLexerJSON::Default, Token::Text},   {QsciLexerJSON::Number, Token::Accent},
    {QsciLexerJSON::String, Token::Ok},      {QsciLexerJSON::UnclosedString, Token::Err},
    {QsciLexerJSON::Property, Token::Text},  {QsciLexerJSON::EscapeSequence, Token::Ok},
    {QsciLexerJSON::Operator, Token::Text2}, {QsciLexerJSON::IRI, Token::Ok},
    {QsciLexerJSON::Keyword, Token::Warn},   {QsciLexerJSON::KeywordLD, Token::Warn},
    {QsciLexerJSON::Error, Token::Err},
};

void color(QsciLexer &lexer, const std::map<int, Token> &styles, const QFont &font)
{
    const Theme &theme = Theme::current();
    lexer.setDefaultFont(font);
    lexer.setDefaultColor(theme.color(Token::Text));
    lexer.setDefaultPaper(theme.color(Token::Surface));
    for (const auto &[style, token] : styles) {
        lexer.setFont(font, style);
        lexer.setColor(theme.color(token), style);
        lexer.setPaper(theme.color(Token::Surface), style);
        lexer.setEolFill(false, style);
    }
}

} // namespace

void apply(QsciScintilla &editor)
{
    const Theme &theme = Theme::current();
    const QFont font = fonts::editorMono(12);
    editor.setFont(font);
    editor.setColor(theme.color(Token::Text));
    editor.setPaper(theme.color(Token::Surface));
    if (QsciLexer *lexer = editor.lexer())
        color(*lexer, qobject_cast<QsciLexerYAML *>(lexer) ? kYaml : kJson, font);
    editor.setMarginsFont(fonts::editorMono(11));
    editor.setMarginsBackgroundColor(theme.color(Token::Surface));
    editor.setMarginsForegroundColor(theme.color(Token::Text3));
    editor.setCaretForegroundColor(theme.color(Token::Text));
    editor.setCaretLineBackgroundColor(theme.color(Token::Sunken));
    editor.setSelectionBackgroundColor(theme.color(Token::AccentBg));
    editor.resetSelectionForegroundColor();
    editor.SendScintilla(QsciScintilla::SCI_SETEXTRAASCENT, 2UL);
    editor.SendScintilla(QsciScintilla::SCI_SETEXTRADESCENT, 2UL);
    editor.SendScintilla(QsciScintilla::SCI_SETMARGINLEFT, 0UL, 12L);
    editor.setFrameShape(QFrame::NoFrame);
}

} // namespace tw::editor_look
