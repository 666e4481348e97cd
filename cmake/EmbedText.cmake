# SPDX-License-Identifier: MIT
# cmake -DINPUT=chapter.md -DOUTPUT=chapter.cpp -DNAME=k_chapter -DSCOPE=dsl -P EmbedText.cmake: a text file as a C++ constant, so that
# the program shows what the book says.
file(READ "${INPUT}" text)
file(WRITE "${OUTPUT}" "// Made by cmake/EmbedText.cmake.\n#include <string_view>\n\nnamespace nurture::${SCOPE} {\nextern const std::string_view ${NAME};\nconst std::string_view ${NAME} = R\"chapter(")
file(APPEND "${OUTPUT}" "${text}")
file(APPEND "${OUTPUT}" ")chapter\";\n}\n")
