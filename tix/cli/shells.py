"""What bash and zsh need beyond click's own completion: words of queries and KEY=VALUE.

bash ends words at `:`, `=` and `@` where tix does not, and both put a space after a key that wants
its value. fish does neither, so click's script serves it as it is.
"""

from __future__ import annotations

import os

from click.shell_completion import (
    BashComplete,
    CompletionItem,
    ZshComplete,
    add_completion_class,
    split_arg_string,
)

# bash replaces only what follows the last of its own word ends (of which `@` belongs to what
# follows): the rest is taken off each answer.
_BASH = """\
%(complete_func)s() {
    local IFS=$'\\n'
    local typed="${COMP_LINE:0:COMP_POINT}" part="${COMP_WORDS[COMP_CWORD]}" head="" type value
    local word="${typed##*[[:space:]]}"
    case "$part" in
        [:=@]) head="$word" ;;
        *) [[ "$word" == *"$part" ]] && head="${word%%"$part"}" ;;
    esac
    head="${head%%@}"
    COMPREPLY=()
    while IFS=',' read -r type value; do
        case "$type" in
            dir) compopt -o dirnames 2>/dev/null ;;
            file) compopt -o default 2>/dev/null ;;
            part) compopt -o nospace 2>/dev/null; COMPREPLY+=("${value#"$head"}") ;;
            plain) COMPREPLY+=("${value#"$head"}") ;;
        esac
    done < <(env COMP_WORDS="$typed" %(complete_var)s=bash_complete "$1")
}

complete -o nosort -F %(complete_func)s %(prog_name)s
"""
_ZSH = """\
#compdef %(prog_name)s

%(complete_func)s() {
    local -a plain described parts response
    (( ! $+commands[%(prog_name)s] )) && return 1
    response=("${(@f)$(env COMP_WORDS="${words[*]}" COMP_CWORD=$((CURRENT-1)) \
%(complete_var)s=zsh_complete %(prog_name)s)}")
    for type key descr in ${response}; do
        case "$type" in
            dir) _path_files -/ ;;
            file) _path_files -f ;;
            part) parts+=("$key") ;;
            plain) [[ "$descr" == "_" ]] && plain+=("$key") || described+=("$key:$descr") ;;
        esac
    done
    [[ -n "$described" ]] && _describe -V unsorted described -U
    [[ -n "$parts" ]] && compadd -U -S "" -V unsorted -a parts
    [[ -n "$plain" ]] && compadd -U -V unsorted -a plain
    return 0
}

if [[ $zsh_eval_context[-1] == loadautofunc ]]; then
    %(complete_func)s "$@"
else
    compdef %(complete_func)s %(prog_name)s
fi
"""


class Bash(BashComplete):
    """Completes the words of a shell, not of bash."""

    source_template = _BASH

    def get_completion_args(self) -> tuple[list[str], str]:
        """Return the words before the one that is typed, and that one."""
        line = os.environ["COMP_WORDS"]
        words = split_arg_string(line)
        last = "" if not words or line[-1:].isspace() else words.pop()
        return words[1:], last

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Print one answer: its type, a comma, itself."""
        return f"{_type(item)},{item.value}"


class Zsh(ZshComplete):
    """Leaves no space after what goes on."""

    source_template = _ZSH

    def format_completion(self, item: CompletionItem[str]) -> str:
        """Print one answer in three lines: its type, itself, its help."""
        part = _type(item) == "part"
        return f"part\n{item.value}\n_" if part else super().format_completion(item)


def _type(item: CompletionItem[str]) -> str:
    return "part" if item.type == "plain" and item.value.endswith((":", "=")) else item.type


def register() -> None:
    """Let click know of them."""
    add_completion_class(Bash)
    add_completion_class(Zsh)
