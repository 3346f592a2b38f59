// Made from engine/operators/pattern/language/pattern.grammar by `npm run generate`: not to be edited.
import {LRParser} from "@lezer/lr"
export const parser = LRParser.deserialize({
  version: 14,
  states: "%vOYQPOOOOQO'#C_'#C_OYQPO'#CbOOQO'#DO'#DOOeQPO'#C}OOQO'#C}'#C}O!VQPO'#C|OOQO'#C|'#C|O!kQPO'#C{OOQO'#C{'#C{QOQPOOO!vQPO,58|OOQO'#Cg'#CgOOQO'#Ci'#CiOOQO'#Ck'#CkO!{QPO'#CmO#WQPO'#CfOOQO,59P,59POOQO'#Cv'#CvO#oQPO,59_OYQPO'#CwO$TQPO,59`OOQO1G.h1G.hOOQO,59X,59XO$`QPO,59XO$hQPO,59XOOQO'#Cr'#CrOOQO,59Q,59QOOQO-E6t-E6tOOQO,59c,59cOOQO-E6u-E6uOOQO1G.s1G.sO$pQPO1G.sO$uQPO1G.sOOQO7+$_7+$_O$}QPO7+$_OOQO<<Gy<<Gy",
  stateData: "%S~OnOSPOS~OSPOTPOVQO~O[[O^]O`^Ob_OSqXTqXVqXiqXlqXWqX~OSPOTPOVQOipXlpXWpX~OidOloXWoX~OWfO~OciOdhOegO~O`jOSYXTYXVYXiYXlYXWYX~OSPOTPOVQOigalgaWga~OidOlhaWha~OcpOeoO~OdqOeoO~OerO~OcsOerO~OetO~O",
  goto: "#asPPPtPPtPP{!S!VP!VP!VP!VPPPP!Y!]!bP!f!lPPP!r!x#P#YZROQUcdZTOQUcdRaSR`SRk`VVOQdTXOQQcURlcQeWRneQYORZQSWOQRmdUUOQdTbUcZSOQUcd",
  nodeNames: "⚠ Comment Root Variable Name QuotedName Group ( ) Repeat Quantifier Star * Plus + Option ? Range { Count Comma } Reluctant Sequence Alternative |",
  maxTerm: 34,
  skippedNodes: [0,1],
  repeatNodeCount: 2,
  tokenData: "&j~RfXY!gYZ!g]^!gpq!gxy!xyz!}z{#S{|#X|}#^}!O#c!Q![$Q!a!b$Y!c!}$_#R#S$_#S#T%P#T#o$_#o#p&Z#p#q&`#q#r&e#t;'S$_;'S;=`$y<%lO$_~!lSn~XY!gYZ!g]^!gpq!g~!}OV~~#SOW~~#XO[~~#^O^~~#cOd~~#fP}!O#i~#nSP~OY#iZ;'S#i;'S;=`#z<%lO#i~#}P;=`<%l#i~$VPc~!Q![$Q~$_O`~~$dVS~!Q![$_!c!}$_#R#S$_#T#o$_#t;'S$_;'S;=`$y<%lO$_~$|P;=`<%l$_~%STO#S%c#S#T&T#T;'S%c;'S;=`%}<%lO%c~%fTO#S%c#S#T%u#T;'S%c;'S;=`%}<%lO%c~%zPT~#S#T%c~&QP;=`<%l%c~&WP#S#T%c~&`Ob~~&eOi~~&jOe~",
  tokenizers: [0],
  topRules: {"Root":[0,2]},
  tokenPrec: 0
})
