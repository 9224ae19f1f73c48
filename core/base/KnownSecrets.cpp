// SPDX-License-Identifier: GPL-3.0-or-later
#include "core/base/KnownSecrets.h"

#include <QByteArray>
#include <algorithm>

namespace tw {
namespace {

constexpr std::size_t kShortestBase64 = 7;

std::string percentEncoded(std::string_view bytes, const char *digits)
{
    std::string out;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        const bool isPlain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                             (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
        if (isPlain)
            out += c;
        else
            (out += '%').append({digits[byte >> 4], digits[byte & 15]});
    }
    return out;
}

/// As inside of a JSON text; some writers escape the slash too.
std::string jsonEscaped(std::string_view bytes, bool slash)
{
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        if (c == '"' || c == '\\' || (c == '/' && slash))
            (out += '\\') += c;
        else if (c == '\n' || c == '\r' || c == '\t')
            (out += '\\') += c == '\n' ? 'n' : c == '\r' ? 'r' : 't';
        else if (static_cast<unsigned char>(c) < 0x20)
            (out += "\\u00").append({kDigits[c >> 4 & 15], kDigits[c & 15]});
        else
            out += c;
    }
    return out;
}

/// The characters that the secret alone decides when `before` bytes stand before it: a part of
/// "user:secret" in base64 is found too.
std::string base64Core(std::string_view bytes, std::size_t before)
{
    QByteArray padded(static_cast<qsizetype>(before), '\0');
    padded.append(bytes.data(), static_cast<qsizetype>(bytes.size()));
    const std::string encoded = padded.toBase64().toStdString();
    const std::size_t first = (before * 8 + 5) / 6;
    const std::size_t last = (before + bytes.size()) * 8 / 6;
    return encoded.substr(first, last - first);
}

} // namespace

void WindowMarks::add(std::string_view beginning)
{
    for (std::size_t at = 0; at < kWindow; ++at)
        addOne(beginning.data() + at);
}

void WindowMarks::addOne(const char *text)
{
    const std::uint32_t window = windowAt(text);
    const std::uint32_t slot = slotOf(window);
    m_slots[slot / 64] |= std::uint64_t(1) << (slot % 64);
    const auto place = std::lower_bound(m_windows.begin(), m_windows.end(), window);
    if (place == m_windows.end() || *place != window)
        m_windows.insert(place, window);
}

bool WindowMarks::isExact(std::uint32_t window) const
{
    return std::binary_search(m_windows.begin(), m_windows.end(), window);
}

void WindowMarks::addWithAnyNext(std::string_view beginning)
{
    std::string whole(beginning.substr(0, kShortest - 1));
    whole += '\0';
    for (int next = 0; next < 256; ++next) {
        whole.back() = static_cast<char>(next);
        add(whole);
    }
}

void KnownSecrets::add(const Secret &secret, WindowMarks &marks)
{
    const std::string_view bytes = secret.reveal();
    if (bytes.size() < kShortest)
        return;
    addForm(std::string(bytes), marks);
    addForm(percentEncoded(bytes, "0123456789ABCDEF"), marks);
    addForm(percentEncoded(bytes, "0123456789abcdef"), marks);
    addForm(jsonEscaped(bytes, false), marks);
    addForm(jsonEscaped(bytes, true), marks);
    for (std::size_t before = 0; before < 3; ++before) {
        std::string core = base64Core(bytes, before);
        if (core.size() < kShortestBase64)
            continue;
        addForm(core, marks);
        std::replace(core.begin(), core.end(), '+', '-');
        std::replace(core.begin(), core.end(), '/', '_');
        addForm(std::move(core), marks);
    }
}

void KnownSecrets::addForm(std::string form, WindowMarks &marks)
{
    const bool known = std::any_of(m_forms.begin(), m_forms.end(),
                                   [&](const Secret &one) { return one.matches(form); });
    if (known)
        return;
    if (form.size() < WindowMarks::kShortest)
        m_hasShort = true;
    else
        marks.add(form);
    m_beginnings.addOne(form.data());
    const auto place = std::find_if(m_forms.begin(), m_forms.end(), [&](const Secret &one) {
        return one.reveal().size() < form.size();
    });
    m_forms.insert(place, Secret(std::move(form)));
}

std::size_t KnownSecrets::lengthAt(std::string_view text, std::size_t at) const
{
    for (const Secret &form : m_forms) {
        if (text.substr(at).starts_with(form.reveal()))
            return form.reveal().size();
    }
    return 0;
}

std::size_t KnownSecrets::beginningAtEnd(std::string_view text) const
{
    std::size_t longest = 0;
    for (const Secret &form : m_forms) {
        std::size_t size = std::min(form.reveal().size() - 1, text.size());
        while (size > longest && size >= kTelling && !text.ends_with(form.reveal().substr(0, size)))
            --size;
        if (size > longest && size >= kTelling)
            longest = size;
    }
    return longest;
}

std::string KnownSecrets::takenOutOfCut(std::string_view text) const
{
    std::string out = takenOut(text);
    if (const std::size_t size = beginningAtEnd(out); size > 0)
        out.replace(out.size() - size, size, "[secret]");
    return out;
}

std::string KnownSecrets::takenOut(std::string_view text) const
{
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = 0; at + WindowMarks::kWindow <= text.size();) {
        const bool may = m_beginnings.mayBegin(text.data() + at);
        const std::size_t length = may ? lengthAt(text, at) : 0;
        if (length == 0) {
            ++at;
            continue;
        }
        out.append(text.substr(from, at - from)).append("[secret]");
        from = at += length;
    }
    return out.append(text.substr(from));
}

} // namespace tw
