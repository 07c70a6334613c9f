"""Every API failure as an RFC 9457 problem document: the one error body there is."""

from flask import Flask, Response, jsonify, request

from app import errors

STATUS = {
    errors.BadInput: 400,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.RuleViolation: 422,
    errors.TooMany: 429,
}


def init_app(app: Flask) -> None:
    @app.errorhandler(errors.DomainError)
    def refused(error: errors.DomainError) -> Response:
        status = next(status for kind, status in STATUS.items() if isinstance(error, kind))
        language = request.accept_languages.best_match(["ko", "en"], default="ko")
        response = jsonify(
            {**error.details, "status": status, "code": error.code, "detail": error.sentence(language)}
        )
        response.status_code = status
        response.mimetype = "application/problem+json"
        return response
