;;; What a person does in Emacs with lsp-mode, for tests/e2e/test_emacs.py.  -*- lexical-binding: t -*-

;; TANDEM_CONFIG is the configuration of docs/editors/emacs.md, TANDEM_PACKAGES a folder of unpacked packages.

(load (expand-file-name "emacs_steps" (file-name-directory load-file-name)) nil t)
(dolist (folder (directory-files (getenv "TANDEM_PACKAGES") t "^[a-z]"))
  (add-to-list 'load-path folder)
  (mapc (lambda (file) (load file nil t)) (file-expand-wildcards (concat folder "/*-autoloads.el"))))
(setq lsp-auto-guess-root t
      lsp-enable-file-watchers nil
      lsp-enable-snippet nil
      lsp-lens-enable nil
      lsp-session-file (expand-file-name "lsp-session" (getenv "HOME")))
(load (getenv "TANDEM_CONFIG") nil t)

(find-file (getenv "TANDEM_FILE"))
(lsp)
(wait-for "a server" (lambda () (lsp-feature? "textDocument/inlineCompletion")))
(say "server" (mapcar (lambda (one) (lsp--client-server-id (lsp--workspace-client one))) (lsp-workspaces)))

(goto-char (point-max))
(insert "\n    def total_volume(self, items):\n        return sum(item.pr")
(wait-for "a suggestion" (lambda () (lsp-inline-completion-display 'implicit) (lsp-inline-completion--active-p)))
(say "shown" (overlay-get lsp-inline-completion--overlay 'after-string))
(lsp-inline-completion-accept)
(say "completed" (this-line))

(open-beside "broken.py")
(lsp)
(goto-char (point-min))
(goto-char (line-end-position))
(let* ((actions (append (lsp-code-actions-at-point) nil))
       (fix (seq-find (lambda (action) (equal (gethash "kind" action) "quickfix")) actions)))
  (say "actions" (mapcar (lambda (action) (gethash "title" action)) actions))
  (lsp-execute-code-action fix)
  (wait-for "the fix" (lambda () (string-match-p "(items):" (this-line))))
  (say "fixed" (this-line)))

(tandem-lsp-ask "Where is the total_price computed?")
(defun answer-buffer ()
  (seq-find (lambda (one) (string-match-p "answers/.*\\.md\\'" (or (buffer-file-name one) ""))) (buffer-list)))
(wait-for "an answer" #'answer-buffer)
(with-current-buffer (answer-buffer)
  (wait-for "its text" (lambda () (string-match-p "No model was used" (buffer-string))))
  (say "answered" (buffer-string)))
(say "done" t)
