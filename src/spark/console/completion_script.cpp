#include "spark/console/command.hpp"

#include "spark/console/console.hpp"

namespace spark {
namespace {

// bash breaks words at ':' and '=', so only what follows the last of them is given back.
constexpr std::string_view kBash =
    R"script(# completion of @PROGRAM@ in bash: eval "$(@PROGRAM@ completion bash)" in ~/.bashrc
_@NAME@_complete() {
  local line=${COMP_LINE:0:COMP_POINT} word files="" candidate before
  local -a words
  read -ra words <<< "$line"
  [[ $line == *[[:space:]] ]] && words+=("")
  word=${words[${#words[@]}-1]}
  COMPREPLY=()
  while IFS=$'\t' read -r candidate _; do
    if [[ $candidate == :files ]]; then files=1; else COMPREPLY+=("$candidate"); fi
  done < <("${words[0]/#\~/$HOME}" completion:words "${words[@]:1}" 2> /dev/null)
  if [[ -n $files ]]; then compopt -o default; fi
  before=${word%"${word##*[:=]}"}
  [[ -n $before ]] && COMPREPLY=("${COMPREPLY[@]#"$before"}")
}
complete -F _@NAME@_complete @PROGRAM@
)script";

// A file of fpath (packages install it as _PROGRAM) is the body of the function that completes, so it must complete,
// too.
constexpr std::string_view kZsh = R"script(#compdef @PROGRAM@
# completion of @PROGRAM@ in zsh: eval "$(@PROGRAM@ completion zsh)" in ~/.zshrc after compinit
_@NAME@_complete() {
  local -a lines names shown
  local line files=
  lines=("${(@f)$(${~words[1]} completion:words "${(@)words[2,CURRENT]}" 2> /dev/null)}")
  for line in $lines; do
    if [[ $line == :files ]]; then files=1; continue; fi
    names+=("${line%%$'\t'*}")
    shown+=("${line/$'\t'/  -- }")
  done
  (( $#names )) && compadd -l -d shown -a names
  [[ -n $files ]] && _files
}
if [[ ${funcstack[1]} == _@PROGRAM@ ]]; then _@NAME@_complete; else compdef _@NAME@_complete @PROGRAM@; fi
)script";

constexpr std::string_view kFish =
    R"script(# completion of @PROGRAM@ in fish: @PROGRAM@ completion fish > ~/.config/fish/completions/@PROGRAM@.fish
function __@NAME@_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] completion:words $words[2..-1] 2> /dev/null)
    if test "$line" = ":files"
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c @PROGRAM@ -f -a '(__@NAME@_complete)'
)script";

std::string filled(std::string_view script, std::string const& program) {
  std::string name;
  for (char const c : program)
    name += ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || ('0' <= c && c <= '9') ? c : '_';
  std::string text(script);
  for (auto const& [mark, value] : {std::pair<std::string_view, std::string>{"@PROGRAM@", program}, {"@NAME@", name}}) {
    for (auto at = text.find(mark); at != text.npos; at = text.find(mark, at + value.size()))
      text.replace(at, mark.size(), value);
  }
  return text;
}

int run(Call& call) {
  std::string const program = call.args.optional_text("--program").value_or(call.console.program());
  std::string const shell = call.args.text("SHELL");
  std::string_view const script = shell == "bash" ? kBash : shell == "zsh" ? kZsh : kFish;
  call.out.text(filled(script, program));
  return kDone;
}

}  // namespace

Builtin completion_command() {
  return {Command("completion", "prints a script that completes commands, options, kinds and queues in a shell")
              .argument("SHELL", "bash, zsh or fish")
              .one_of({"bash", "zsh", "fish"})
              .option("--program NAME", "the word that is typed to run it; default: the name of this program")
              .details("The script asks the program at each Tab, so it stays true when commands are added. In an "
                       "application's directory `spark` completes what the application has.\n\nExamples:\n  completion "
                       "bash\n  completion fish --program spark\n"),
          run, CommandKind::unconfigured};
}

}  // namespace spark
