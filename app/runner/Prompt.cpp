// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/runner/Prompt.h"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <iostream>
#include <pwd.h>
#include <termios.h>
#include <unistd.h>

namespace tw::runner {
namespace {

/// Holds the terminal silent as long as it lives.
class SilentTerminal
{
public:
    SilentTerminal() : m_file(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY))
    {
        if (m_file < 0 || ::tcgetattr(m_file, &m_before) != 0)
            return;
        termios silent = m_before;
        silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
        m_isSilent = ::tcsetattr(m_file, TCSAFLUSH, &silent) == 0;
    }
    ~SilentTerminal()
    {
        if (m_isSilent)
            ::tcsetattr(m_file, TCSAFLUSH, &m_before);
        if (m_file >= 0)
            ::close(m_file);
    }
    SilentTerminal(const SilentTerminal &) = delete;
    SilentTerminal &operator=(const SilentTerminal &) = delete;

    bool isSilent() const { return m_isSilent; }
    void say(const std::string &text)
    {
        [[maybe_unused]] auto n = ::write(m_file, text.data(), text.size());
    }
    std::string line()
    {
        std::string typed;
        typed.reserve(256); // no copy is left behind while it grows
        char c = 0;
        for (;;) {
            const ssize_t count = ::read(m_file, &c, 1);
            if (count < 0 && errno == EINTR)
                continue;
            if (count <= 0 || c == '\n')
                return typed;
            typed += c;
        }
    }

private:
    int m_file;
    termios m_before{};
    bool m_isSilent = false;
};

} // namespace

bool inputIsTerminal()
{
    return ::isatty(STDIN_FILENO) != 0;
}

std::optional<Secret> askSecretly(const std::string &question)
{
    SilentTerminal terminal;
    if (!terminal.isSilent())
        return std::nullopt;
    terminal.say(question);
    std::optional<Secret> typed(std::in_place, terminal.line());
    terminal.say("\n");
    return typed;
}

std::optional<std::string> ask(const std::string &question)
{
    std::cerr << question << std::flush;
    std::string line;
    return std::getline(std::cin, line) ? std::optional(line) : std::nullopt;
}

std::string userName()
{
    for (const char *name : {"TIDEWIRE_USER", "SUDO_USER"}) {
        if (const char *value = std::getenv(name); value && *value)
            return value;
    }
    const passwd *user = ::getpwuid(::getuid());
    return user ? user->pw_name : "user " + std::to_string(::getuid());
}

std::optional<Secret> askPassphrase()
{
    return askSecretly("Passphrase of the project's key: ");
}

} // namespace tw::runner
