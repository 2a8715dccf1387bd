# Read by a POSIX shell from its standard input; the orders of the engine follow. One shell of the engine forks a
# supervisor for each process, so that a process costs no start of a shell. The supervisor outlives the engine and
# leaves the file "exit" behind, which says how the process ended. Only builtin commands, and no "read" where it can be
# avoided: shells read byte by byte.
#
# An exit code above 128 and a signal give the same $?. What tells them apart is the text of "jobs -l": POSIX demands
# "Done(n)" for an exit code (bash outside its POSIX mode says "Exit n"); anything else is the name of a signal.
#
# Answers on standard output, one line each, short enough to be written at once:
#   F <token> <supervisor>                      forked; said by the first shell
#   S <token> <process>                         started
#   [<job>] <sign> <process> <what jobs says>   only before an answer E with a code above 128
#   E <token> <code>                            ended

bash=${BASH_VERSION-}
# A shell without job control starts what it puts into the background with INT and QUIT ignored, and does not let it
# undo that (bash undoes INT only); env can, where it is GNU's.
if "$env" --default-signal true 2>/dev/null; then
    launch="$setsid $env --default-signal"
else
    launch=$setsid
fi

# Wants: $token, $folder and the function "run", which ends in exec.
supervise() {
    trap : TERM INT HUP QUIT PIPE
    told=
    # bash forgets what "jobs" would say once it has waited, so there it is asked at the moment of the end.
    [ -z "$bash" ] || trap 'jobs -l >>"$folder/exit"' CHLD
    run </dev/null >>"$folder/stdout.log" 2>>"$folder/stderr.log" &
    process=$!
    echo "S $token $process"
    # A signal to this shell ends "wait" early.
    while
        wait "$process"
        code=$?
        [ "$code" -gt 128 ] && kill -0 "$process" 2>/dev/null
    do :; done
    if [ "$code" -gt 128 ]; then
        if [ -n "$bash" ]; then
            # The first "wait" may have told of a signal to this shell; 127 says that it had told the truth.
            wait "$process"
            again=$?
            [ "$again" -eq 127 ] || code=$again
        else
            jobs -l >"$folder/exit"
        fi
        while read -r line; do told=$line; done <"$folder/exit"
        echo "$told"
    fi
    echo "end $code" >>"$folder/exit"
    echo "E $token $code"
}
