# cmake -DPROGRAM=... -DOUT=... -P generate_docs.cmake: manual pages and completions, written by the
# program itself from its option tables.

function(generate file)
  execute_process(COMMAND ${PROGRAM} docs ${ARGN}
    OUTPUT_FILE ${OUT}/${file} RESULT_VARIABLE rc)
  if(NOT rc EQUAL 0)
    message(FATAL_ERROR "${PROGRAM} docs ${ARGN} failed with ${rc}")
  endif()
endfunction()

file(REMOVE_RECURSE ${OUT})
file(MAKE_DIRECTORY ${OUT}/man1 ${OUT}/bash ${OUT}/zsh ${OUT}/fish)
execute_process(COMMAND ${PROGRAM} docs verbs OUTPUT_VARIABLE verbs RESULT_VARIABLE rc)
if(NOT rc EQUAL 0)
  message(FATAL_ERROR "${PROGRAM} docs verbs failed with ${rc}")
endif()
string(REPLACE "\n" ";" verbs "${verbs}")
generate(man1/orator.1 man)
foreach(verb ${verbs})
  generate(man1/orator-${verb}.1 man ${verb})
endforeach()
generate(bash/orator completions bash)
generate(zsh/_orator completions zsh)
generate(fish/orator.fish completions fish)
