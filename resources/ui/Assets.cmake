# SPDX-License-Identifier: GPL-3.0-or-later
# Fonts and icons come from their Debian packages and are embedded at build time, so that the
# workbench looks the same on every machine. Nothing of them is kept in this repository.

find_path(TIDEWIRE_INTER_DIR Inter-Regular.otf
    HINTS /usr/share/fonts/opentype/inter /usr/local/share/fonts/opentype/inter)
find_path(TIDEWIRE_JETBRAINS_MONO_DIR JetBrainsMono-Regular.ttf
    HINTS /usr/share/fonts/truetype/jetbrains-mono /usr/local/share/fonts/truetype/jetbrains-mono)
find_path(TIDEWIRE_BOOTSTRAP_ICONS_DIR check-circle-fill.svg
    HINTS /usr/share/bootstrap-icons/svg /usr/local/share/bootstrap-icons/svg)

function(tidewire_require_asset variable package what)
    if(NOT ${variable})
        message(FATAL_ERROR "${what} was not found. Install it with: apt-get install ${package} "
                            "(or set ${variable} to its folder).")
    endif()
endfunction()

tidewire_require_asset(TIDEWIRE_INTER_DIR fonts-inter "The font Inter")
tidewire_require_asset(TIDEWIRE_JETBRAINS_MONO_DIR fonts-jetbrains-mono "The font JetBrains Mono")
tidewire_require_asset(TIDEWIRE_BOOTSTRAP_ICONS_DIR bootstrap-icons
                       "The icon set Bootstrap Icons")

# Writes ${output}, a .qrc with exactly the fonts, icons and logo that the workbench uses.
function(tidewire_write_assets output)
    set(here ${PROJECT_SOURCE_DIR}/resources)
    set(list ${here}/ui/icons.txt)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${list})
    file(STRINGS ${list} names)
    set(entries "")
    foreach(weight IN ITEMS Regular Medium SemiBold)
        string(APPEND entries
            "<file alias=\"fonts/Inter-${weight}.otf\">${TIDEWIRE_INTER_DIR}/Inter-${weight}.otf</file>\n")
    endforeach()
    string(APPEND entries
        "<file alias=\"fonts/JetBrainsMono-Regular.ttf\">${TIDEWIRE_JETBRAINS_MONO_DIR}/JetBrainsMono-Regular.ttf</file>\n")
    foreach(name IN LISTS names)
        set(file ${TIDEWIRE_BOOTSTRAP_ICONS_DIR}/${name}.svg)
        if(NOT EXISTS ${file})
            message(FATAL_ERROR "Bootstrap Icons has no icon '${name}' (resources/ui/icons.txt).")
        endif()
        string(APPEND entries "<file alias=\"icons/${name}.svg\">${file}</file>\n")
    endforeach()
    string(APPEND entries
        "<file alias=\"logo/tidewire.svg\">${here}/logo/tidewire.svg</file>\n")
    file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
        "<RCC>\n<qresource prefix=\"/tidewire\">\n${entries}</qresource>\n</RCC>\n")
endfunction()
